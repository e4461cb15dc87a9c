"use strict";
// The one script of the page: the language switch, and folded parts opened for print.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("switch");
  const show = (lang) => {
    root.lang = lang;
    for (const node of document.querySelectorAll("[data-ko]")) {
      const text = node.dataset[lang];
      if (node.tagName === "TITLE") node.textContent = text;
      else if (node.tagName === "IMG") node.alt = text;
      else node.setAttribute("aria-label", text);
    }
    button.lang = lang === "ko" ? "en" : "ko";
    button.textContent = lang === "ko" ? "English" : "한국어";
  };
  button.hidden = false;
  button.addEventListener("click", () => show(root.lang === "ko" ? "en" : "ko"));
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
