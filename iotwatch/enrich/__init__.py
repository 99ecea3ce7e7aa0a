"""Offline look-ups: who registered a number or a name, with the database that said so and its date.

Nothing here reaches out. An answer is a fact about a registration, not about who holds the device today.
"""

from iotwatch.enrich.addresses import Scope, leaves_network, registered_domain, scope
from iotwatch.enrich.attribution import Named
from iotwatch.enrich.numbers import Issuer, Operator, iccid, operator, oui, parse_usb_ids, usb_name
from iotwatch.enrich.registration import COUNTRY_DB_VARIABLE, NETWORK_DB_VARIABLE, country, databases, network

__all__ = [
    "COUNTRY_DB_VARIABLE", "NETWORK_DB_VARIABLE", "Issuer", "Named", "Operator", "Scope", "country", "databases", "iccid",
    "leaves_network", "network", "operator", "oui", "parse_usb_ids", "registered_domain", "scope", "usb_name",
]  # fmt: skip
