// The class report's part of the script: sorting and searching the table of students.
(() => {
  const table = document.getElementById("students");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const value = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  const order = new Intl.Collator(["ko", "en"], { numeric: true, sensitivity: "base" });
  const compare = (numeric, sign, column) => (a, b) => {
    const x = value(a, column), y = value(b, column);
    if (x === "" || y === "") return (x === "") - (y === "");  // what is not there comes last, either way
    return sign * (numeric ? Number(x) - Number(y) : order.compare(x, y));
  };
  for (const head of table.tHead.querySelectorAll("th")) {
    const label = head.querySelector(".label");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener("click", () => {
      // Numbers start with the largest, names with the first.
      const numeric = head.dataset.kind === "number";
      const now = head.getAttribute("aria-sort");
      const up = now ? now === "descending" : !numeric;
      for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows.sort(compare(numeric, up ? 1 : -1, head.cellIndex)));
    });
  }
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const only = document.getElementById("only");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const texts = new Map(rows.map((row) => [row, row.dataset.text.normalize("NFC").toLowerCase()]));
  const filter = () => {
    const words = search.value.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = texts.get(row);
      row.hidden = (only.checked && !("review" in row.dataset)) || !words.every((word) => text.includes(word));
      count += !row.hidden;
    }
    shown.textContent = count;
    none.hidden = count > 0;
  };
  tools.hidden = false;
  search.addEventListener("input", filter);
  only.addEventListener("change", filter);
  filter();  // a browser may have kept what was typed
})();
