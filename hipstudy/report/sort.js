// Column heads of sortable tables become buttons; without this script the table stands as printed.
(() => {
  const numeric = (text) => parseFloat(text.replace(/\u2212/g, "-").replace(/[,\s](?=\d{3}\b)/g, ""));
  const compare = (one, two, down) => {
    const a = numeric(one), b = numeric(two);
    const way = down ? -1 : 1;
    if (Number.isNaN(a) || Number.isNaN(b)) {
      if (Number.isNaN(a) && Number.isNaN(b)) return way * one.localeCompare(two, "en");
      return Number.isNaN(a) ? 1 : -1; // words after numbers, whichever way
    }
    return way * (a - b);
  };
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row, at) => ({ row, at, text: row.cells[column].textContent }));
        rows.sort((one, two) => compare(one.text, two.text, down) || one.at - two.at);
        body.append(...rows.map((found) => found.row));
      });
    });
  }
})();
