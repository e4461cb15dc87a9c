"use strict";
// The one script of the page: the language switch, links into folded parts, and folded parts opened for print.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("switch");
  const show = (lang) => {
    root.lang = lang;
    for (const node of document.querySelectorAll("[data-ko]")) {
      const text = node.dataset[lang];
      if (node.tagName === "TITLE") node.textContent = text;
      else if (node.hasAttribute("title")) node.title = text;
      else node.setAttribute("aria-label", text);
    }
    button.lang = lang === "ko" ? "en" : "ko";
    button.textContent = lang === "ko" ? "English" : "한국어";
  };
  button.hidden = false;
  button.addEventListener("click", () => show(root.lang === "ko" ? "en" : "ko"));
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    const folded = target.querySelector(":scope > details");
    if (folded && "passed" in target.dataset) folded.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  // What passed, and long lists, stay folded on paper.
  const onPaper = "details:not([open]):not([data-passed] details):not(.screen, .screen details)";
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(onPaper)];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
