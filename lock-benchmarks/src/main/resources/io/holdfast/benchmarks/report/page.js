(function () {
  'use strict';
  var report = JSON.parse(document.getElementById('report').textContent);
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  var drawn = [];

  Object.keys(report.themes).forEach(function (name) {
    echarts.registerTheme(name, report.themes[name]);
  });

  function draw() {
    drawn.forEach(function (chart) { chart.dispose(); });
    drawn = Object.keys(report.charts).map(function (id) {
      var chart = echarts.init(document.getElementById(id), dark.matches ? 'dark' : 'light', { renderer: 'svg' });
      chart.setOption(Object.assign({ animation: false }, report.charts[id]));
      return chart;
    });
  }

  dark.addEventListener('change', draw);
  window.addEventListener('resize', function () {
    drawn.forEach(function (chart) { chart.resize(); });
  });
  draw();
})();
