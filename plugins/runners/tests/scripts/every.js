task('every', () => {
  const row = plan.part('kpis')[0];
  const words = text({ kk: 'Есеп', ru: 'Отчёт', en: 'Report' });
  const scores = [4, 3.5, 5, 2, 0.1, 0.2];
  const [low, high] = stats.wilson(3, 7);
  const report = Report(words)
    .heading('1', 1)
    .heading(row.title)
    .paragraph(join(row.title, ': ', fmt(-2.345, 1), ' ', fmt(2.5, 0), ' ', fmt(1e-9), ' ', 7))
    .items([words, 'б'])
    .number('share', 3 / 7, { unit: '%', decimals: 1, interval: [low, high], n: 7, method: words, source: 'Wilson 1927' })
    .number('mean', stats.mean(scores))
    .number('median', stats.median(scores), { decimals: 3 })
    .number('stdev', stats.stdev(scores))
    .number('quantile', stats.quantile(scores, 0.9), { n: scores.length })
    .table(
      ['a', column('b', { unit: 'g' }), column(words, { decimals: 3 })],
      [[null, 1, 2], ['', 2.5, share(0.25)], [true, HIDDEN, item('kpis/k1')], [row.title, false, words]],
      { title: 'Кесте' },
    )
    .chart('stacked-bar', 'c', ['x', words], { s: [1, null], t: [0.5, 2] }, { unit: '%', axis: [0, 5] })
    .chart('scatter', words, [], [series('p', [], [[1, 2.5, 'а'], [3, 4, words]])])
    .callout('warning', words)
    .quotation('Өте жақсы', '8А');
  const list = [1e-7, 1.5e21, 1e20, 0.1, 123456789.25, true];
  const edits = [
    edit.set('kpis/k1/actual', 1.0),
    edit.set('kpis/k1/target', null),
    edit.add('risks', { title: words, impact: 4.0, list }, { after: 'rk1' }),
    edit.remove('risks/rk2'),
    edit.write('plan/vision', 'Мәтін "тырнақша" \\ \t \n соңы'),
  ];
  const data = { n: 1.0, row, scores, low, setting: host.setting('limit'), today: today() };
  return [report, [propose(words, 'reason', ...edits)], data];
});
