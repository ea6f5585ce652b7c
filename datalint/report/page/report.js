"use strict";
// Filters the findings by what they say, and by rule, class and severity. Without scripts all are shown.
const form = document.getElementById("filter");
if (form) {
  const findings = [...document.querySelectorAll(".finding")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    rule: element.dataset.rule,
    severity: element.dataset.severity,
    labels: JSON.parse(element.dataset.labels),
  }));
  const search = form.elements.text;

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rule = form.elements.rule.value;
    const label = form.elements.label.value;
    const severities = [...form.elements.severity].filter((box) => box.checked).map((box) => box.value);
    let shown = 0;
    for (const finding of findings) {
      const fits =
        (!rule || finding.rule === rule) &&
        (!label || finding.labels.includes(label)) &&
        severities.includes(finding.severity) &&
        words.every((word) => finding.text.includes(word) || finding.rule.toLowerCase().includes(word));
      finding.element.hidden = !fits;
      shown += fits;
    }
    const filtered = shown < findings.length;
    for (const part of document.querySelectorAll(".rule, .chapter")) {
      part.hidden = filtered && !part.querySelector(".finding:not([hidden])");
    }
    form.elements.shown.value = `${shown} of ${findings.length} findings`;
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.matches("input, select")) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape") {
      form.reset();
    }
  });
  apply();
}
