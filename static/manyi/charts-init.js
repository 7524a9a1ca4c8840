// Draws every [data-chart] element from the JSON it names. Without script the table below each chart says the same.
(function () {
  "use strict";
  document.querySelectorAll("[data-chart]").forEach(function (element) {
    const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
    const chart = echarts.init(element, null, { renderer: "canvas" });
    chart.setOption(window.ManyiCharts[element.dataset.chart](data, element));
    new ResizeObserver(function () {
      chart.resize();
    }).observe(element);
  });
})();
