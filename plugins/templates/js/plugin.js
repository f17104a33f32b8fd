// /// jospar
// {
//   "id": "my-plugin",
//   "version": "0.1.0",
//   "api": "0.1",
//   "name": {
//     "kk": "Көрсеткіштердің орындалуы",
//     "ru": "Выполнение показателей",
//     "en": "Progress of the KPIs"
//   },
//   "summary": {
//     "kk": "Әр көрсеткіштің мақсатқа қаншалықты жақындағанын көрсетеді.",
//     "ru": "Показывает, насколько каждый показатель приблизился к цели.",
//     "en": "Shows how far each KPI has come on its way to the target."
//   },
//   "author": "Teacher",
//   "runner": "js-1",
//   "needs": ["read:kpis"],
//   "tasks": [{
//     "id": "progress",
//     "title": {"kk": "Көрсеткіштердің орындалуы", "ru": "Выполнение показателей", "en": "Progress of the KPIs"},
//     "where": "kpis"
//   }],
//   "settings": [{
//     "key": "behind",
//     "type": "number",
//     "title": {"kk": "Артта қалғанның шегі, %", "ru": "Порог отставания, %", "en": "Behind below, %"},
//     "default": 30,
//     "min": 0,
//     "max": 100
//   }]
// }
// ///

task('progress', () => {
  const kpis = plan.part('kpis');
  const done = kpis.map(shareDone);
  const measured = done.filter(value => value !== null);
  if (measured.length === 0) {
    throw new Refusal({
      kk: 'Бірде-бір көрсеткіш әлі өлшенбеген.',
      ru: 'Ни один показатель ещё не измерен.',
      en: 'No KPI has been measured yet.',
    });
  }
  const [total, n] = [kpis.length, measured.length];
  const rows = kpis.map((kpi, at) => {
    const cells = [kpi.title, kpi.unit, kpi.baseline, kpi.target, kpi.actual];
    return [...cells, done[at] === null ? null : share(done[at])];
  });
  const title = { kk: 'Көрсеткіштердің орындалуы', ru: 'Выполнение показателей', en: 'Progress of the KPIs' };
  return Report(title)
    .paragraph({
      kk: `Барлығы ${total} көрсеткіш, өлшенгені – ${n}.`,
      ru: `Всего показателей ${total}, измерено ${n}.`,
      en: `${total} KPIs, ${n} of them measured.`,
    })
    .number({ kk: 'Орташа орындалуы', ru: 'Среднее выполнение', en: 'Mean progress' }, 100 * stats.mean(measured), {
      unit: '%',
      decimals: 0,
      n,
      method: {
        kk: 'бастапқы мәннен мақсатқа дейінгі жол, 0 мен 100 % аралығында',
        ru: 'путь от исходного значения к цели, от 0 до 100 %',
        en: 'way from baseline to target, kept between 0 and 100 %',
      },
    })
    .table(
      [
        { kk: 'Көрсеткіш', ru: 'Показатель', en: 'KPI' },
        { kk: 'Бірлігі', ru: 'Единица', en: 'Unit' },
        column({ kk: 'Бастапқы', ru: 'Исходное', en: 'Baseline' }, { decimals: 2 }),
        column({ kk: 'Мақсат', ru: 'Цель', en: 'Target' }, { decimals: 2 }),
        column({ kk: 'Қазір', ru: 'Сейчас', en: 'Now' }, { decimals: 2 }),
        { kk: 'Орындалуы', ru: 'Выполнено', en: 'Progress' },
      ],
      rows,
    )
    .callout(...verdict(kpis, done));
});

/** How far a KPI has come from its baseline to its target, 0 to 1; null if that cannot be said. */
function shareDone({ baseline, target, actual }) {
  const isThere = [baseline, target, actual].every(value => typeof value === 'number');
  if (!isThere || target === baseline) return null;
  return Math.min(Math.max((actual - baseline) / (target - baseline), 0), 1);
}

function verdict(kpis, done) {
  const limit = host.setting('behind') / 100;
  const titles = kpis.filter((_, at) => done[at] !== null && done[at] < limit).map(kpi => kpi.title);
  if (titles.length === 0) {
    return ['good', { kk: 'Артта қалған көрсеткіш жоқ.', ru: 'Отстающих показателей нет.', en: 'No KPI is behind.' }];
  }
  const names = titles.reduce((all, title) => join(all, '; ', title));
  return ['warning', join({ kk: 'Артта қалғандары: ', ru: 'Отстают: ', en: 'Behind: ' }, names)];
}
