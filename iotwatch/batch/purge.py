"""Removing what belongs to devices out of scope from what is stored; the assets are judged anew from what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from iotwatch.detect.judge import Judgement, judge_all
from iotwatch.errors import NotStored
from iotwatch.observe.traffic.bystanders import without_bystanders
from iotwatch.observe.traffic.scope import Scope
from iotwatch.signatures import Signatures
from iotwatch.store import Store
from iotwatch.store.removing import keep_within, overwrite


def purge_out_of_scope(
    store: Store, assets: Iterable[str], scope: Sequence[str], signatures: Signatures
) -> tuple[int, list[Judgement]]:
    """Remove the devices out of scope from ``assets``: flows, contacts, positions, observations, places and evidence.

    ``scope`` names the devices that stay and becomes the scope of the assets; empty, each asset's own scope counts, and one
    that has none is left as it is. Gives the number of sources that lost something, and the new judgements. ``NotStored``
    when no asset has a scope.
    """
    scopes = {asset: tuple(sorted(scope)) or store.assets.scope(asset) for asset in assets}
    named = {asset: entries for asset, entries in scopes.items() if entries}
    if not named:
        raise NotStored("no asset has a scope, so nobody can be told out of scope: give --scope")
    keep = {asset: partial(without_bystanders, scope=Scope(entries)) for asset, entries in named.items()}
    changed = keep_within(store, keep)
    for asset in named:
        if scope:
            store.assets.write_case([asset], named[asset], store.assets.case(asset), store.assets.drives(asset))
    judged = judge_all(store, store.assets.unjudged(), signatures)
    overwrite(store)
    return changed, judged
