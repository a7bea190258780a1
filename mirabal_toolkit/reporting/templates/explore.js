"use strict";
// Shows one outcome, or two, of those on the page. It computes nothing and asks nobody.
(() => {
  const form = document.querySelector("form.choose");
  const outcome = document.getElementById("outcome");
  const beside = document.getElementById("beside");
  const wave = document.getElementById("wave");
  const place = document.getElementById("outcomes");
  const articles = new Map([...place.children].map((article) => [article.id, article]));

  const pointOut = (article) => {
    for (const line of article.querySelectorAll("[data-wave]")) line.hidden = line.dataset.wave !== wave.value;
    for (const part of article.querySelectorAll("[data-point]")) part.classList.toggle("chosen", part.dataset.point === wave.value);
  };
  const show = () => {
    const second = beside.value === outcome.value ? "" : beside.value;
    for (const article of articles.values()) article.hidden = true;
    for (const id of [outcome.value, second]) {
      const article = articles.get(id);
      if (!article) continue;
      article.hidden = false;
      pointOut(article);
      place.append(article);
    }
    place.classList.toggle("pair", second !== "");
    document.getElementById("said").textContent = articles.get(outcome.value).querySelector(".sentence").textContent;
    const address = "#" + [outcome.value, wave.value, second].filter(Boolean).join("/");
    if (location.hash !== address) history.replaceState(null, "", address);
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
