// Small comforts of every page.  Everything works without them.

// A refused form that was swapped in: its summary takes the focus (a whole page does by itself).
document.addEventListener("htmx:afterSettle", () => document.querySelector(".error-summary")?.focus());

// A toast goes when told to; a good one also by itself, but never while it is pointed at.
const LINGER_MS = 10_000;
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast").remove();
});
addEventListener("DOMContentLoaded", () => {
  for (const toast of document.querySelectorAll(".toast:not(.refused, .error)")) {
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : toast.remove());
    setTimeout(leave, LINGER_MS);
  }
});

// One letter presses the button that shows it (data-key), never while typing.
const WRITTEN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog";
const typing = (element) => element.closest(WRITTEN);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const find = document.querySelector("[data-find]");
    if (find) { event.preventDefault(); find.click(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = CSS.escape(event.key.toLowerCase());
  const button = document.querySelector(`[data-key="${key}"]`);
  if (button) { event.preventDefault(); button.focus(); button.click(); }
});

// A button that was pressed is not pressed twice by a double click.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 3000);
});

// Ticking the box in the table's head ticks every row's.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  const scope = event.target.closest("form") ?? document;
  for (const box of scope.querySelectorAll("[data-pick]")) box.checked = event.target.checked;
});

// What needs this script is shown by it.
addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
});

// A selection stays while one walks through the rows; only ids are remembered, in this tab.
const PICKS = "picks " + location.pathname;
const boxes = () => [...document.querySelectorAll("[data-keep-picks] [data-pick]")];
addEventListener("DOMContentLoaded", () => {
  const kept = JSON.parse(sessionStorage.getItem(PICKS) ?? "[]");
  const again = boxes().filter((box) => kept.includes(box.value));
  for (const box of again) box.checked = true;
  again[0]?.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-keep-picks]")) return;
  const picked = boxes().filter((box) => box.checked).map((box) => box.value);
  sessionStorage.setItem(PICKS, JSON.stringify(picked));
});

// Going back to a list puts the focus on the row that was opened from it.
document.addEventListener("click", (event) => {
  const row = event.target.closest("a[href]") && event.target.closest("tr[id]");
  if (row) history.replaceState({ ...history.state, row: row.id }, "");
});
addEventListener("pageshow", () => {
  const row = history.state?.row && document.getElementById(history.state.row);
  row?.querySelector("a[href]")?.focus({ preventScroll: true });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// Opening a notice reads it: its own form says so while the page changes.
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-opens]")?.closest("li").querySelector("form");
  if (form) fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
});

// A mailed link has its secret behind the #: into the form, out of the address, and on.
addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-opening] form");
  if (!form || location.hash.length < 2) return;
  form.elements.key.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  form.requestSubmit();
});
