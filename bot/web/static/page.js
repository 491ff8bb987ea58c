// Times in the reader's zone, the sign that the page is live, and the chart that answers to the pointer.
// The page says everything without this file.
(() => {
  "use strict";
  const STALE = 30_000, REDRAW = 5_000, spoken = document.documentElement.lang;
  // The words are the page's, the way of writing times the reader's, where both are one language.
  const language = navigator.languages.find(one => one.startsWith(spoken)) ?? spoken;
  const clock = { hour: "2-digit", minute: "2-digit" };
  const forms = {
    time: new Intl.DateTimeFormat(language, clock),
    date: new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }),
    day: new Intl.DateTimeFormat(language, { day: "numeric", month: "short", ...clock }),
  };

  function localise(root) {
    for (const time of root.querySelectorAll("time[data-form]")) {
      const at = new Date(time.dateTime);
      const said = forms[time.dataset.form].format(at);
      if (time.textContent !== said) time.textContent = said;
      time.title = at.toISOString().replace("T", " ").slice(0, 16) + " UTC";
    }
  }

  // --- live or not ---------------------------------------------------------------------------------------------
  const pulse = document.getElementById("pulse");
  let heard = 0;

  function show(state) {
    const word = pulse.querySelector(".pulse-word");
    pulse.classList.toggle("live", state === "live");
    pulse.classList.toggle("lost", state !== "live");
    if (word.textContent !== pulse.dataset[state]) word.textContent = pulse.dataset[state];
  }

  function beat(event) {
    heard = Date.now();
    const time = pulse.querySelector("time");
    if (time && event.detail.data) time.dateTime = event.detail.data;
    localise(pulse);
    show("live");
  }

  function watch() {
    if (!heard || document.hidden || Date.now() - heard < STALE) return;
    show("stale");
  }

  // --- the chart -----------------------------------------------------------------------------------------------
  const dashes = { outbound: [], inbound: [8, 5], internal: [1, 5] };
  const borders = { outbound: "solid", inbound: "dashed", internal: "dotted" };
  const ROW = 12;
  let chart = null, drawn = 0, shown = null;

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function brief(seconds) {
    if (seconds == null) return "–";
    if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
    if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
    return `${(seconds / 3600).toFixed(1)} h`;
  }

  function hour(seconds) {
    const at = new Date(seconds * 1000);
    return at.getHours() || at.getMinutes() ? forms.time.format(at) : forms.date.format(at);
  }

  const TICKS = [0.1, 0.3, 1, 3, 10, 60, 300, 900, 3600, 14400, 43200, 172800];

  function limits(data) {
    const seen = data.directions.flatMap(way => [...way.median, ...way.worst]).filter(value => value > 0);
    if (!seen.length) seen.push(1);
    const low = TICKS.slice(0, -1).filter(tick => tick <= Math.min(...seen)).pop() ?? TICKS[0];
    const high = TICKS.find(tick => tick >= Math.max(...seen)) ?? TICKS.at(-1);
    return [low, Math.max(high, 60)];
  }

  function columns(data) {
    return [data.times, ...data.directions.flatMap(way => [way.median, way.worst.map((value, i) => value ?? way.median[i])])];
  }

  function lines(data, plot) {
    return data.directions.flatMap((way, i) => [
      {
        label: way.name, stroke: () => colour(way.key), width: 2.2, dash: dashes[way.key], cap: "round",
        points: { show: false }, spanGaps: false,
        value: (u, value, series, at) => at == null ? "–"
          : `${brief(value)}${way.failed[at] ? `, ${way.failed[at]} ${plot.dataset.failed}` : ""}`,
      },
      { show: true, stroke: "transparent", width: 0, points: { show: false }, class: "worst" },
    ]);
  }

  function shade(u) {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    u.ctx.fillStyle = colour("span");
    for (const [start, end] of shown.spans) {
      const a = u.valToPos(start, "x", true), b = u.valToPos(end ?? shown.until, "x", true);
      u.ctx.fillRect(a, top, Math.max(b - a, 2), height);
    }
    u.ctx.restore();
  }

  function fails(u) {
    const { left, top, width, height } = u.bbox, scale = devicePixelRatio, rows = shown.directions.length;
    shown.directions.forEach((way, row) => {
      const floor = top + height - (rows - 1 - row) * ROW * scale;
      u.ctx.fillStyle = colour(way.key);
      way.failed.forEach((failed, i) => {
        if (!failed) return;
        const a = u.valToPos(shown.times[i] - shown.step / 2, "x", true);
        const b = u.valToPos(shown.times[i] + shown.step / 2, "x", true);
        const tall = (3 + (ROW - 5) * failed / (failed + way.arrived[i])) * scale;
        u.ctx.fillRect(Math.max(a, left), floor - tall, Math.min(Math.max(b - a, 1.5 * scale), left + width - a), tall);
      });
    });
  }

  function vendor(u) {
    const { left, top, width, height } = u.bbox, scale = devicePixelRatio;
    let taken = -Infinity;
    u.ctx.save();
    u.ctx.strokeStyle = u.ctx.fillStyle = colour("vendor");
    u.ctx.lineWidth = 1.5 * scale;
    u.ctx.setLineDash([2 * scale, 3 * scale]);
    u.ctx.font = `${11 * scale}px system-ui, sans-serif`;
    for (const [at, label] of [...shown.marks].sort((a, b) => a[0] - b[0])) {
      const x = u.valToPos(at, "x", true);
      if (x < left || x > left + width) continue;
      u.ctx.beginPath();
      u.ctx.moveTo(x, top - 4 * scale);
      u.ctx.lineTo(x, top + height);
      u.ctx.stroke();
      u.ctx.textAlign = x > left + width - 32 * scale ? "right" : "center";
      if (x - taken > 90 * scale) u.ctx.fillText(label, x, top - 9 * scale), taken = x;
    }
    u.ctx.restore();
  }

  function options(data, plot) {
    const [low, high] = limits(data), height = plot.clientWidth < 600 ? 300 : 330;
    // The strips of failed messages need room below the lowest delay.
    const strips = data.directions.length * ROW + 6, part = strips / (height - 90);
    const floor = low * (low / high) ** (part / (1 - part));
    const axis = { stroke: () => colour("soft"), grid: { stroke: () => colour("line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    return {
      width: plot.clientWidth, height, padding: [22, 8, 0, 0],
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
      legend: { live: true, markers: { stroke: (u, i) => colour(data.directions[(i - 1) >> 1].key), dash: (u, i) => borders[data.directions[(i - 1) >> 1].key], width: 3 } },
      scales: { x: { time: true, range: () => [shown.since, shown.until] }, y: { distr: 3, range: () => [floor, high] } },
      axes: [
        { ...axis, size: 28, space: 64, values: (u, splits) => splits.map(hour) },
        { ...axis, size: 56, splits: () => TICKS.filter(tick => tick >= low && tick <= high), values: (u, splits) => splits.map(tick => brief(tick).replace(".0", "")), filter: (u, splits) => splits },
      ],
      series: [{ label: plot.dataset.time, value: (u, at) => at == null ? "–" : forms.day.format(new Date(at * 1000)) }, ...lines(data, plot)],
      bands: data.directions.map((way, i) => ({ series: [2 * i + 2, 2 * i + 1], fill: () => colour(way.key) + "22" })),
      hooks: { drawClear: [shade], draw: [fails, vendor] },
    };
  }

  function draw(data, plot) {
    shown = data;
    chart?.destroy();
    plot.replaceChildren();
    chart = new uPlot(options(data, plot), columns(data), plot);
    plot.prepend(chart.root.querySelector(".u-legend"));
  }

  async function refresh() {
    const plot = document.getElementById("plot");
    if (!plot || !window.uPlot || Date.now() - drawn < REDRAW) return;
    drawn = Date.now();
    const answer = await fetch(plot.dataset.source, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const data = await answer.json();
    if (data.times.length) draw(data, plot);
  }

  function redraw() {
    const plot = document.getElementById("plot");
    if (plot && shown) draw(shown, plot);
  }

  // --- wiring --------------------------------------------------------------------------------------------------
  const live = document.getElementById("live"), zone = document.getElementById("zone");
  zone.textContent = `${zone.dataset.local} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  localise(document);
  live.addEventListener("beat", beat);
  live.addEventListener("beat", refresh);
  live.addEventListener("htmx:sse:after:message", () => {
    localise(live);
    document.title = `${live.querySelector("h1").textContent} · ${document.querySelector(".brand").textContent}`;
  });
  for (const name of ["htmx:sse:error", "htmx:sse:close"]) live.addEventListener(name, () => show("lost"));
  setInterval(watch, 5_000);
  // Without a stream, as when too many look at once, the page loads itself again now and then.
  setInterval(() => { if (!heard && !document.hidden) location.reload(); }, 60_000);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let width = innerWidth, later = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(later);
    later = setTimeout(redraw, 150);
  });
  refresh();
})();
