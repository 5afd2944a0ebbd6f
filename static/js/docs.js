// Swagger UI knows its dark look by a class: set before anything is drawn, and when the system changes.
"use strict";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function followTheme() {
  const theme = document.documentElement.dataset.theme;
  const isDark = theme === "dark" || (theme !== "light" && systemIsDark.matches);
  document.documentElement.classList.toggle("dark-mode", isDark);
}

systemIsDark.addEventListener("change", followTheme);
followTheme();
