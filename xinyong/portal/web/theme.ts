// Light or dark: as the system has it, unless the reader chose. Runs before the page is drawn. On a phone the row of parts
// is moved so that the present one is seen.
const root = document.documentElement;

function kept(): string | null {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

const chosen = kept();
if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

document.addEventListener("DOMContentLoaded", () => {
  const here = document.querySelector<HTMLElement>(".parts [aria-current]");
  const row = here?.parentElement;
  if (here && row) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  const button = document.querySelector<HTMLButtonElement>("[data-theme-switch]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // a browser that keeps nothing still shows the choice on this page
    }
    document.dispatchEvent(new Event("themechange"));
  });
});
