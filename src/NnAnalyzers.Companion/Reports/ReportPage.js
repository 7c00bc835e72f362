"use strict";
// Values of a chart: a slider for keys, the pointer for the rest. data-values: [place in the picture, what the lines say there].
for (const figure of document.querySelectorAll("figure[data-values]")) {
  const values = JSON.parse(figure.dataset.values), svg = figure.querySelector("svg");
  const box = svg.viewBox.baseVal, [top, bottom] = figure.dataset.span.split(" ");
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, value] of Object.entries({ class: "cursor", y1: top, y2: bottom, visibility: "hidden" })) cursor.setAttribute(name, value);
  svg.append(cursor);
  const read = document.createElement("div"), slider = document.createElement("input"), said = document.createElement("output");
  read.className = "read";
  Object.assign(slider, { type: "range", min: 0, max: values.length - 1, value: values.length - 1, autocomplete: "off" });
  slider.setAttribute("aria-label", "Values along the curves");
  said.textContent = "Point at the curves, or move the slider, to read values.";
  const show = () => {
    const [place, text] = values[slider.value];
    cursor.setAttribute("x1", place);
    cursor.setAttribute("x2", place);
    cursor.setAttribute("visibility", "visible");
    said.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  slider.setAttribute("aria-valuetext", values[values.length - 1][1]);
  slider.addEventListener("input", show);
  slider.addEventListener("focus", show);
  const point = event => {
    const area = svg.getBoundingClientRect(), x = (event.clientX - area.left) / area.width * box.width;
    slider.value = values.reduce((best, value, i) => Math.abs(value[0] - x) < Math.abs(values[best][0] - x) ? i : best, 0);
    show();
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  read.append(slider, said);
  svg.after(read);
}

const filter = document.getElementById("filter");
if (filter) {
  const all = [...document.querySelectorAll("[data-rule]")], findings = all.filter(e => e.localName === "article");
  const choices = [...filter.querySelectorAll("select")];
  for (const choice of choices)
    for (const value of [...new Set(findings.map(e => e.dataset[choice.name]))].sort()) choice.add(new Option(value, value));
  const choose = () => {
    for (const element of all)
      element.hidden = choices.some(c => c.value && c.name in element.dataset && element.dataset[c.name] !== c.value);
    filter.querySelector("output").textContent = `${findings.filter(e => !e.hidden).length} of ${findings.length} shown`;
  };
  filter.addEventListener("change", choose);
  filter.addEventListener("submit", event => event.preventDefault());
  // What a reload brings back is chosen, too.
  window.addEventListener("pageshow", choose);
  filter.hidden = findings.length < 2;
}

// A page of trainings that still run comes anew, as long as the reader lets it.
const reload = document.getElementById("reload");
if (reload) {
  reload.closest("label").hidden = false;
  reload.checked = sessionStorage.getItem("reload") !== "no";
  reload.addEventListener("change", () => sessionStorage.setItem("reload", reload.checked ? "yes" : "no"));
  setInterval(() => { if (reload.checked) location.reload(); }, 1000 * reload.dataset.seconds);
}
