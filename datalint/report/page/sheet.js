"use strict";
// Takes marks, keeps them in the browser where it allows that, and saves them as CSV.
const cards = [...document.querySelectorAll(".one")];
const key = document.body.dataset.key;
const markOf = (card) => card.querySelector("input:checked")?.value ?? "";

const store = (() => {
  try {
    localStorage.setItem(`${key}-test`, "1");
    localStorage.removeItem(`${key}-test`);
    return localStorage;
  } catch {
    return null;
  }
})();

const tell = () => {
  const marked = cards.filter(markOf).length;
  document.getElementById("done").value = `${marked} of ${cards.length} marked`;
  if (store) {
    store.setItem(key, JSON.stringify(cards.map(markOf)));
  }
};

const go = (card) => {
  if (card) {
    card.querySelector("input").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
};

const mark = (card, value) => {
  if (card) {
    card.querySelector(`input[value="${value}"]`).checked = true;
    tell();
  }
};

// As in the CSV report, spreadsheets must not carry a cell out.
const cell = (text) => `"${(/^[=+\-@']/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

const save = () => {
  const rows = cards.map((card) => {
    const { path, label, split, stratum, images } = card.dataset;
    return [path, label, split, stratum, images, markOf(card)].map(cell).join(",");
  });
  const text = ["path,label,split,stratum,images,mark", ...rows, ""].join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "marks.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

if (store) {
  try {
    for (const [place, value] of JSON.parse(store.getItem(key) ?? "[]").entries()) {
      const input = [...(cards[place]?.querySelectorAll("input") ?? [])].find((one) => one.value === value);
      if (input) {
        input.checked = true;
      }
    }
  } catch {
    // What another page left there is none of ours.
  }
}
document.getElementById("kept").textContent = store
  ? "This browser keeps them until you save."
  : "This browser keeps nothing: save before you close the page.";
document.getElementById("save").addEventListener("click", save);
document.addEventListener("change", tell);
document.addEventListener("keydown", (event) => {
  const value = { r: "right", w: "wrong", u: "unsure" }[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey || !(value || "jkn".includes(event.key))) {
    return;
  }
  event.preventDefault();
  const focused = cards.indexOf(document.activeElement.closest(".one"));
  const open = cards.findIndex((card) => !markOf(card));
  const here = focused >= 0 ? focused : Math.max(open, 0);
  if (value) {
    mark(cards[here], value);
    go(cards[here + 1] ?? cards[here]);
  } else if (event.key === "n") {
    const later = cards.findIndex((card, place) => place > focused && !markOf(card));
    go(cards[later >= 0 ? later : open]);
  } else {
    go(cards[focused < 0 ? here : here + (event.key === "j" ? 1 : -1)]);
  }
});
tell();
