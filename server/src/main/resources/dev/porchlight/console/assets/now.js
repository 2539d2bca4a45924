// Draws the last hour from the table that the page has anyway, and again whenever it changes.
"use strict";
(() => {
  const canvas = document.getElementById("chart");
  if (!canvas || !window.Chart) return;
  canvas.parentElement.parentElement.hidden = false;
  // Colours that keep apart for eyes that see few, and on light and dark ground.
  const colours = ["#3b7ddd", "#e08a1e", "#2a9d74", "#b0569b", "#8a7f2b", "#8b8b8b"];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let chart;

  const read = () => {
    const table = document.getElementById("chart-data");
    if (!table) return null;
    const names = [...table.tHead.rows[0].cells].slice(1).map((c) => c.textContent.trim());
    const rows = [...table.tBodies[0].rows].map((r) => [...r.cells].map((c) => c.textContent.trim()));
    return {
      labels: rows.map((r) => r[0]),
      // Two columns a source: what was accepted, and, lighter and beside it, what was delivered.
      datasets: names.map((name, i) => ({
        type: "bar",
        label: name,
        data: rows.map((r) => Number(r[i + 1])),
        backgroundColor: colours[(i >> 1) % colours.length] + (i % 2 ? "80" : ""),
        stack: i % 2 ? "out" : "in",
      })),
    };
  };
  const ink = () => getComputedStyle(canvas).color;
  const soft = () => getComputedStyle(canvas.parentElement).color;
  const line = () => getComputedStyle(canvas.parentElement).borderTopColor;
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

  const draw = () => {
    const data = read();
    if (!data) return;
    if (chart) {
      chart.data = data;
      chart.update("none");
      return;
    }
    chart = new window.Chart(canvas, {
      data,
      options: {
        animation: still ? false : { duration: 250 },
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { stacked: true, grid: { display: false }, ticks: { color: soft(), maxTicksLimit: 12, maxRotation: 0 } },
          y: { stacked: true, beginAtZero: true, border: { display: false }, grid: { color: line() }, ticks: { color: soft(), precision: 0, maxTicksLimit: 5 } },
        },
        plugins: { legend: { position: "bottom", align: "start", labels: { color: ink(), boxWidth: 12 } } },
      },
    });
  };
  document.addEventListener("part", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!chart) return;
    const { scales, plugins } = chart.options;
    scales.x.ticks.color = soft();
    scales.y.ticks.color = soft();
    scales.y.grid.color = line();
    plugins.legend.labels.color = ink();
    chart.update("none");
  });
  draw();
})();
