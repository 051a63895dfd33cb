// The tables that sort, the moments that lead to the time line, and the recording that is chosen.

const data = JSON.parse(document.getElementById("data").textContent);
const all = (selector) => [...document.querySelectorAll(selector)];

for (const table of all("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => sort(table, heads, column)));
}

function sort(table, heads, column) {
  const up = heads[column].getAttribute("aria-sort") !== "ascending";
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", up ? "ascending" : "descending");
  const body = table.tBodies[0];
  const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
  const rows = [...body.rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return (x === "") - (y === ""); // what has no value stays at the end
    const order = isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y;
    return up ? order : -order;
  });
  body.append(...rows);
}

const timeline = data.recordings?.length ? new Timeline(data) : null;

function choose(id, at) {
  const found = timeline?.show(id, at) ?? false;
  for (const element of all("tr[data-recording], path[data-recording]"))
    element.classList.toggle("chosen", element.dataset.recording === id);
  return found;
}

function lead(id, at) {
  if (!choose(id, at)) return;
  document.getElementById("timeline").scrollIntoView({ block: "start" });
}

for (const button of all(".moments button"))
  button.addEventListener("click", () => {
    lead(button.dataset.recording, +button.dataset.at);
    document.getElementById("view").focus({ preventScroll: true });
  });

function byAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (data.recordings?.some((one) => one.id === id)) lead(id);
}
addEventListener("hashchange", byAddress);
for (const link of all('#recordings a, .plot a')) // the same address again is no change of it
  link.addEventListener("click", () => setTimeout(byAddress));
if (timeline) choose(data.recordings[0].id);
byAddress();
