"use strict";
// Shows one outcome, or two, of those on the page. It computes nothing and asks nobody.
(() => {
  const form = document.querySelector("form.choose");
  const outcome = document.getElementById("outcome");
  const beside = document.getElementById("beside");
  const wave = document.getElementById("wave");
  const main = document.getElementById("outcomes");
  const articles = new Map([...main.children].map((article) => [article.id, article]));

  const pointOut = (article) => {
    for (const line of article.querySelectorAll("[data-wave]")) line.hidden = line.dataset.wave !== wave.value;
  };
  const show = () => {
    const second = beside.value === outcome.value ? "" : beside.value;
    for (const article of articles.values()) article.hidden = true;
    for (const id of [outcome.value, second]) {
      const article = articles.get(id);
      if (!article) continue;
      article.hidden = false;
      pointOut(article);
      main.append(article);
    }
    main.classList.toggle("pair", second !== "");
    document.getElementById("said").textContent = articles.get(outcome.value).querySelector(".sentence").textContent;
    const place = "#" + [outcome.value, wave.value, second].filter(Boolean).join("/");
    if (location.hash !== place) history.replaceState(null, "", place);
  };
  const step = (by) => {
    const count = outcome.options.length;
    outcome.selectedIndex = (outcome.selectedIndex + by + count) % count;
    show();
  };
  const fromAddress = () => {
    const [first, at, second] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (articles.has(first)) outcome.value = first;
    if ([...wave.options].some((option) => option.value === at)) wave.value = at;
    beside.value = articles.has(second) ? second : "";
    show();
  };

  for (const choice of [outcome, beside, wave]) choice.addEventListener("change", show);
  document.getElementById("previous").addEventListener("click", () => step(-1));
  document.getElementById("next").addEventListener("click", () => step(1));
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", fromAddress);
  form.hidden = false;
  document.body.classList.add("live");
  fromAddress();
})();
