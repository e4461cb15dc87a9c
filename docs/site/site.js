/* What the theme makes in the browser: a copy button's bar is no landmark, and the box around a table
   scrolls, not the table. */
new MutationObserver(() => {
  for (const bar of document.querySelectorAll("nav.md-code__nav:not([role])")) bar.setAttribute("role", "none");
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    box.tabIndex = 0;
    for (const table of box.querySelectorAll("table")) table.removeAttribute("tabindex");
  }
}).observe(document.documentElement, { childList: true, subtree: true });
