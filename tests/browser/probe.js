// What the page under test notes by its own clock: when what was drawn, and what the indicator said.
// Runs before any script of the page, anew at each load; reads the document, changes nothing in it.
(() => {
  const kinds = {
    slider: ".jp-OutputArea-output .widget-slider .noUi-handle",
    bar: ".jp-OutputArea-output .widget-hprogress .progress-bar",
    html: ".jp-OutputArea-output .widget-html .widget-html-content",
    output: ".jp-OutputArea-output .widget-output",
    box: ".jp-OutputArea-output .widget-box",
  };
  const shown = (element) => element.getClientRects().length > 0;
  const probe = { drawn: null, counts: [], statuses: [] };
  window.__probe = probe;

  let last = "";
  const look = () => {
    if (probe.drawn === null) {
      if ([...document.querySelectorAll(".jp-Notebook .jp-Cell")].some(shown)) {
        probe.drawn = Date.now();
      }
    }
    const counts = {};
    for (const [kind, selector] of Object.entries(kinds)) {
      counts[kind] = [...document.querySelectorAll(selector)].filter(shown).length;
    }
    const text = JSON.stringify(counts);
    if (text !== last) {
      last = text;
      probe.counts.push([Date.now(), counts]);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  setInterval(() => {
    const indicator = document.querySelector(".jp-Notebook-ExecutionIndicator");
    if (indicator !== null) {
      probe.statuses.push([Date.now(), indicator.dataset.status ?? "none"]);
    }
  }, 200);
})();
