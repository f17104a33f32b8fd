# /// jospar
# {
#   "id": "my-plugin",
#   "version": "0.1.0",
#   "api": "0.1",
#   "name": {
#     "kk": "Көрсеткіштердің орындалуы",
#     "ru": "Выполнение показателей",
#     "en": "Progress of the KPIs"
#   },
#   "summary": {
#     "kk": "Әр көрсеткіштің мақсатқа қаншалықты жақындағанын көрсетеді.",
#     "ru": "Показывает, насколько каждый показатель приблизился к цели.",
#     "en": "Shows how far each KPI has come on its way to the target."
#   },
#   "author": "Teacher",
#   "runner": "py-1",
#   "needs": ["read:kpis"],
#   "tasks": [{
#     "id": "progress",
#     "title": {"kk": "Көрсеткіштердің орындалуы", "ru": "Выполнение показателей", "en": "Progress of the KPIs"},
#     "where": "kpis"
#   }],
#   "settings": [{
#     "key": "behind",
#     "type": "number",
#     "title": {"kk": "Артта қалғанның шегі, %", "ru": "Порог отставания, %", "en": "Behind below, %"},
#     "default": 30,
#     "min": 0,
#     "max": 100
#   }]
# }
# ///


@task
def progress():
    kpis = plan.part("kpis")
    done = [share_done(kpi) for kpi in kpis]
    measured = [value for value in done if value is not None]
    if not measured:
        raise Refusal(
            kk="Бірде-бір көрсеткіш әлі өлшенбеген.",
            ru="Ни один показатель ещё не измерен.",
            en="No KPI has been measured yet.",
        )
    total, n = len(kpis), len(measured)
    rows = []
    for kpi, value in zip(kpis, done):
        cells = [kpi["title"], kpi.get("unit"), kpi.get("baseline"), kpi.get("target"), kpi.get("actual")]
        rows.append([*cells, None if value is None else share(value)])
    report = Report(text(kk="Көрсеткіштердің орындалуы", ru="Выполнение показателей", en="Progress of the KPIs"))
    report.paragraph(
        text(
            kk=f"Барлығы {total} көрсеткіш, өлшенгені – {n}.",
            ru=f"Всего показателей {total}, измерено {n}.",
            en=f"{total} KPIs, {n} of them measured.",
        )
    )
    report.number(
        text(kk="Орташа орындалуы", ru="Среднее выполнение", en="Mean progress"),
        100 * stats.mean(measured),
        unit="%",
        decimals=0,
        n=n,
        method=text(
            kk="бастапқы мәннен мақсатқа дейінгі жол, 0 мен 100 % аралығында",
            ru="путь от исходного значения к цели, от 0 до 100 %",
            en="way from baseline to target, kept between 0 and 100 %",
        ),
    )
    report.table(
        [
            text(kk="Көрсеткіш", ru="Показатель", en="KPI"),
            text(kk="Бірлігі", ru="Единица", en="Unit"),
            column(text(kk="Бастапқы", ru="Исходное", en="Baseline"), decimals=2),
            column(text(kk="Мақсат", ru="Цель", en="Target"), decimals=2),
            column(text(kk="Қазір", ru="Сейчас", en="Now"), decimals=2),
            text(kk="Орындалуы", ru="Выполнено", en="Progress"),
        ],
        rows,
    )
    return report.callout(*verdict(kpis, done))


def share_done(kpi):
    """How far a KPI has come from its baseline to its target, 0 to 1; None if that cannot be said."""
    baseline, target, actual = kpi.get("baseline"), kpi.get("target"), kpi.get("actual")
    if baseline is None or target is None or actual is None or target == baseline:
        return None
    return min(max((actual - baseline) / (target - baseline), 0), 1)


def verdict(kpis, done):
    limit = host.setting("behind") / 100
    titles = [kpi["title"] for kpi, value in zip(kpis, done) if value is not None and value < limit]
    if not titles:
        return "good", text(
            kk="Артта қалған көрсеткіш жоқ.", ru="Отстающих показателей нет.", en="No KPI is behind."
        )
    names = titles[0]
    for title in titles[1:]:
        names = join(names, "; ", title)
    return "warning", join(text(kk="Артта қалғандары: ", ru="Отстают: ", en="Behind: "), names)
