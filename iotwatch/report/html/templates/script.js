"use strict";
(() => {
  const WIDTH = 1000, HEIGHT = 560, GLOBE_KM = 60000, TURN = 180 / Math.PI;
  const SVG = "http://www.w3.org/2000/svg";
  const ROWS_SHOWN = 500;
  const LEVELS = ["info", "low", "medium", "high", "critical"];

  function scaleLength(most) {
    const power = 10 ** Math.floor(Math.log10(most));
    return Math.max(...[1, 2, 5].map((step) => step * power).filter((length) => length <= most));
  }

  function makeMap(root) {
    const svg = root.querySelector(".view");
    const data = JSON.parse(root.querySelector("[data-points]").textContent);
    const tracks = [...svg.querySelectorAll(".track")];
    const bar = root.querySelector("[data-bar]"), scale = root.querySelector("[data-scale]");
    const slider = root.querySelector("[data-time]"), until = root.querySelector("[data-until]");
    const grid = svg.querySelector("[data-grid]");
    let box = [0, 0, WIDTH, HEIGHT];

    function gridLine(path, label, x, y, unit) {
      const line = document.createElementNS(SVG, "path"), text = document.createElementNS(SVG, "text");
      line.setAttribute("class", "grid");
      line.setAttribute("d", path);
      text.setAttribute("class", "degrees");
      text.setAttribute("x", x + 4 * unit);
      text.setAttribute("y", y - 4 * unit);
      text.style.fontSize = 12 * unit + "px";
      text.textContent = label;
      grid.append(line, text);
    }

    // Mercator on a sphere: northing in degrees of the equator, and back.
    const toNorthing = (latitude) => Math.asinh(Math.tan(latitude / TURN)) * TURN;
    const toLatitude = (y) => Math.atan(Math.sinh((data.middle[1] + (HEIGHT / 2 - y) / data.degree) / TURN)) * TURN;

    function drawGrid(unit) {
      const [left, top, width, height] = box, degree = data.degree, bottom = top + height;
      const step = scaleLength(width / degree / 4), digits = Math.max(0, -Math.floor(Math.log10(step)));
      const west = data.middle[0] + (left - WIDTH / 2) / degree, east = Math.min(west + width / degree, 180);
      const south = Math.max(toLatitude(bottom), -85), north = Math.min(toLatitude(top), 85);
      grid.replaceChildren();
      const text = (at, ahead, behind) => {
        const number = Math.abs(at).toFixed(digits);
        return `${number}°${Number(number) ? " " + (at > 0 ? ahead : behind) : ""}`;
      };
      for (let at = Math.ceil(Math.max(west, -180) / step) * step; at <= east; at += step) {
        const x = WIDTH / 2 + (at - data.middle[0]) * degree;
        gridLine(`M${x} ${top}V${bottom}`, text(at, "E", "W"), x, bottom, unit);
      }
      for (let at = Math.ceil(south / step) * step; at <= north; at += step) {
        const y = HEIGHT / 2 - (toNorthing(at) - data.middle[1]) * degree;
        gridLine(`M${left} ${y}H${left + width}`, text(at, "N", "S"), left, y, unit);
      }
    }

    function draw() {
      svg.setAttribute("viewBox", box.join(" "));
      drawGrid(box[2] / (svg.clientWidth || WIDTH));
      const unitKm = data.km * Math.cos(toLatitude(box[1] + box[3] / 2) / TURN), km = scaleLength(unitKm * box[2] / 4);
      bar.setAttribute("d", `M1 2V10H${km / unitKm / box[2] * WIDTH}V2`);
      scale.textContent = km >= 1 ? `${km} km` : `${Number((km * 1000).toPrecision(3))} m`;
    }

    function zoom(factor, x = box[0] + box[2] / 2, y = box[1] + box[3] / 2) {
      const width = Math.min(GLOBE_KM / data.km, Math.max(data.least / 4, box[2] * factor)), real = width / box[2];
      box = [x - (x - box[0]) * real, y - (y - box[1]) * real, width, width * HEIGHT / WIDTH];
      draw();
    }

    function zoomTo([left, top, right, bottom]) {
      const width = Math.max((right - left) * 1.3, (bottom - top) * 1.3 * WIDTH / HEIGHT, data.least);
      box = [(left + right - width) / 2, (top + bottom - width * HEIGHT / WIDTH) / 2, width, width * HEIGHT / WIDTH];
      draw();
    }

    function showUntil() {
      const share = slider.value / slider.max, last = data.first + (data.last - data.first) * share;
      until.textContent = new Date(last).toISOString().slice(0, 19).replace("T", " ") + " UTC";
      tracks.forEach((track, index) => {
        const shown = data.tracks[index].points.filter((point) => point[2] === null || point[2] <= last);
        const timed = shown.filter((point) => point[2] !== null), way = track.querySelector(".way");
        track.querySelector(".dots").setAttribute("d", shown.map((point) => `M${point[0]} ${point[1]}h0`).join(""));
        track.querySelector(".last").setAttribute("d", timed.slice(-1).map((point) => `M${point[0]} ${point[1]}h0`).join(""));
        if (way.dataset.joined !== "no") {
          way.setAttribute("d", timed.length > 1 ? "M" + timed.map((point) => point[0] + " " + point[1]).join("L") : "");
        }
      });
    }

    for (const track of tracks) {
      const way = track.querySelector(".way");
      if (!way.getAttribute("d")) way.dataset.joined = "no";
    }
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.zoom) zoom(Number(button.dataset.zoom));
      if (button.dataset.to) zoomTo(data.tracks[Number(button.dataset.to)].box);
      if ("reset" in button.dataset) { box = [0, 0, WIDTH, HEIGHT]; draw(); }
      if (button.dataset.pan) {
        const [x, y] = button.dataset.pan.split(" ").map(Number);
        box = [box[0] + x * box[2] / 4, box[1] + y * box[3] / 4, box[2], box[3]];
        draw();
      }
    });
    root.addEventListener("change", (event) => {
      const index = event.target.dataset.show;
      if (index !== undefined) tracks[Number(index)].setAttribute("display", event.target.checked ? "inline" : "none");
    });
    let grip = null;
    svg.addEventListener("pointerdown", (event) => { grip = [event.clientX, event.clientY]; svg.setPointerCapture(event.pointerId); });
    svg.addEventListener("pointerup", () => { grip = null; });
    svg.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const unit = box[2] / (svg.clientWidth || WIDTH);
      box = [box[0] - (event.clientX - grip[0]) * unit, box[1] - (event.clientY - grip[1]) * unit, box[2], box[3]];
      grip = [event.clientX, event.clientY];
      draw();
    });
    if (slider) { slider.addEventListener("input", showUntil); showUntil(); }
    window.addEventListener("resize", draw);
    draw();
  }

  function makeFindings(root) {
    const found = [...root.querySelectorAll(".finding")], told = root.querySelector("[data-count]");
    const least = root.querySelector("[data-least]"), kind = root.querySelector("select[data-kind]");
    const search = root.querySelector("[data-search]");
    let texts = null;
    function filter() {
      texts ??= found.map((one) => one.textContent.toLowerCase());
      const words = search.value.toLowerCase(), level = LEVELS.indexOf(least.value);
      let shown = 0;
      for (const [index, one] of found.entries()) {
        const wanted = LEVELS.indexOf(one.dataset.severity) >= level && (!kind.value || one.dataset.kind === kind.value);
        const keep = wanted && texts[index].includes(words);
        one.hidden = !keep;
        shown += keep;
      }
      told.textContent = shown === found.length ? `${shown} findings` : `${shown} of ${found.length} findings`;
    }
    root.querySelector("[data-open]").addEventListener("click", () => {
      const shown = found.filter((one) => !one.hidden).slice(0, 200), open = !shown.every((one) => one.open);
      for (const one of shown) one.open = open;
    });
    for (const control of [least, kind]) control.addEventListener("change", filter);
    search.addEventListener("input", filter);
  }

  // All rows are in the page, but laying out ten thousand at once takes seconds: they are shown a page at a time.
  function makeRows(root) {
    const search = root.querySelector("[data-search]"), told = root.querySelector("[data-count]");
    const more = root.querySelector("[data-more]"), rows = [...root.querySelectorAll("tbody tr")];
    let texts = null, most = ROWS_SHOWN;
    function show() {
      const words = search.value.toLowerCase();
      if (words) texts ??= rows.map((row) => row.textContent.toLowerCase());
      let found = 0;
      for (const [index, row] of rows.entries()) {
        const wanted = !words || texts[index].includes(words);
        found += wanted;
        row.hidden = !wanted || found > most;
      }
      more.hidden = found <= most;
      told.textContent = `${found} of ${rows.length}` + (more.hidden ? "" : `, the first ${most} are shown`);
    }
    search.addEventListener("input", () => { most = ROWS_SHOWN; show(); });
    more.addEventListener("click", () => { most += ROWS_SHOWN; show(); });
    show();
  }

  document.querySelectorAll("[data-map]").forEach(makeMap);
  document.querySelectorAll("[data-findings]").forEach(makeFindings);
  document.querySelectorAll("[data-rows]").forEach(makeRows);
})();
