"""Reference values for the tests, from packages that share no code with this crate.

Run by hand from the repository's root; the tests read what it writes:

    python3 -m venv venv
    venv/bin/pip install scipy==1.17.1 pingouin==0.7.0 statsmodels==0.15.0 pandas==3.1.1 scikit-learn==1.9.1
    venv/bin/python plugins/methods/tests/reference.py > plugins/methods/tests/reference.json
"""

import itertools
import json
import math
import sys

import numpy as np
import pandas as pd
import pingouin as pg
import scipy
import sklearn
import statsmodels
from scipy import integrate, optimize, stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.tsa.holtwinters import Holt

np.seterr(all="ignore")
out = {
    "made_with": {m.__name__: m.__version__ for m in (np, pd, scipy, pg, statsmodels, sklearn)}
}


def special():
    rows = []
    for p in (1e-6, 0.025, 0.1, 0.5, 0.9, 0.975, 0.999999):
        rows.append(["normal_quantile", [p], stats.norm.ppf(p)])
    for z in (-3, 0, 0.3, 1, 1.96, 5, 9):
        rows.append(["normal_above", [z], stats.norm.sf(z)])
    for x, df in itertools.product((0.01, 0.5, 3.84, 10, 60, 300), (1, 2, 3, 7, 30, 99)):
        rows.append(["chi_squared_above", [x, df], stats.chi2.sf(x, df)])
    for p, df in itertools.product((0.6, 0.9, 0.975, 0.999), (1, 1.5, 2, 5, 29, 57.3, 1000)):
        rows.append(["student_quantile", [p, df], stats.t.ppf(p, df)])
    for p, a, b in itertools.product(
        (0.025, 0.5, 0.975), (1, 9, 29, 59, 400), (2, 29, 116, 236, 4000)
    ):
        rows.append(["fisher_quantile", [p, a, b], stats.f.ppf(p, a, b)])
    return rows


def matrix(upper, n):
    a = np.ones((n, n))
    for (i, j), x in zip(itertools.combinations(range(n), 2), upper):
        a[i, j], a[j, i] = x, 1 / x
    return a


def eigen(upper, n):
    values, vectors = np.linalg.eig(matrix(upper, n))
    k = np.argmax(values.real)
    w = np.abs(vectors[:, k].real)
    return {"weights": w / w.sum(), "lambda_max": values[k].real}


def ahp():
    # Saaty 2008, relative consumption of drinks: coffee, wine, tea, beer, sodas, milk, water.
    drinks = [9, 5, 2, 1, 1, 1 / 2, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 3, 1 / 4, 1 / 3, 1 / 9,
              1 / 2, 1, 1 / 3, 2, 1 / 2, 1 / 3]
    plan = json.load(open("data/example-plan.json"))["swot"]["pairwise"]
    number = lambda x: eval(x) if isinstance(x, str) else x
    groups = {k: ([number(x) for x in v["upper"]], len(v["order"])) for k, v in plan.items()}
    local = {k: eigen(u, n) for k, (u, n) in groups.items()}
    between = dict(zip(plan["groups"]["order"], local["groups"]["weights"]))
    globals_ = [between[q] * w for q in "SWOT" for w in local[q]["weights"]]
    return {
        "drinks": {"upper": drinks, **eigen(drinks, 7)},
        "example": {"groups": local["groups"], "global": globals_},
    }


def shares():
    wilson = [
        [s, n, *proportion_confint(s, n, method="wilson")]
        for s, n in ((0, 20), (20, 20), (1, 29), (15, 148), (81, 263), (14, 18), (6, 18), (1, 1))
    ]
    newcombe = [
        [*a, *b, *confint_proportions_2indep(*b, *a, method="newcomb", compare="diff")]
        for a, b in (((48, 80), (56, 70)), ((3, 10), (9, 10)), ((9, 10), (3, 10)), ((0, 20), (0, 10)))
    ]
    return {"wilson": wilson, "newcombe": newcombe}


def agreement():
    cases = {
        "tuna": ([44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1],
                 [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]),
        "ties": ([1, 2, 2, 3, 4, 4, 4, 5], [1, 3, 2, 2, 5, 4, 4, 5]),
        "partners": ([1, 2, 3, 4, 5], [2, 1, 3, 5, 4]),
        "long": (list(range(40)), [(i * 17) % 40 for i in range(40)]),
        "three": ([1, 2, 2], [1, 3, 2]),
    }
    tau = {}
    for name, (x, y) in cases.items():
        r = stats.kendalltau(x, y)
        tau[name] = {"x": x, "y": y, "tau": r.statistic, "p": r.pvalue}
    a = [0, 0, 1, 1, 2, 2, 3, 3, 1, 2, 0, 3, 2, 1]
    b = [0, 1, 1, 1, 2, 3, 3, 2, 0, 2, 0, 3, 1, 1]
    kappa = {str(w): cohen_kappa_score(a, b, weights=w) for w in (None, "linear", "quadratic")}
    return {"kendall": tau, "kappa": {"a": a, "b": b, **kappa}}


SCALES = {"D": 5, "A": 5, "U": 3, "W": 3}


def survey_frame():
    d = pd.read_csv("data/teacher-survey.csv")
    d.columns = [c.split(".")[0] for c in d.columns]
    return d


def alpha_without(frame, item):
    rest = frame.drop(columns=item)
    return pg.cronbach_alpha(rest)[0]


def reliability(frame, confidence=0.95):
    complete = frame.dropna()
    alpha, (low, high) = pg.cronbach_alpha(complete, ci=confidence)
    k, n = complete.shape[1], len(complete)
    f = lambda p: stats.f.ppf(p, n - 1, (n - 1) * (k - 1))
    assert abs((1 - (1 - alpha) * f(0.975)) - low) < 5e-4
    total = complete.sum(axis=1)
    return {
        "n": n,
        "alpha": alpha,
        "low": 1 - (1 - alpha) * f(0.975),
        "high": 1 - (1 - alpha) * f(0.025),
        "dropped": [alpha_without(complete, c) for c in complete],
        "rest": [complete[c].corr(total - complete[c]) for c in complete],
    }


def groups_of(groups):
    h, p = stats.kruskal(*groups)
    n = sum(map(len, groups))
    pairs = []
    for a, b in itertools.combinations(range(len(groups)), 2):
        r = stats.mannwhitneyu(groups[a], groups[b], method="asymptotic", use_continuity=True)
        rb = 2 * r.statistic / (len(groups[a]) * len(groups[b])) - 1
        pairs.append([a, b, r.statistic, rb, r.pvalue])
    holm = multipletests([x[-1] for x in pairs], method="holm")[1]
    return {
        "h": h,
        "p": p,
        "epsilon_squared": h * (n + 1) / (n**2 - 1),
        "pairs": [[*x, y] for x, y in zip(pairs, holm)],
    }


def welch(first, second):
    r = stats.ttest_ind(second, first, equal_var=False)
    ci = r.confidence_interval(0.95)
    d = pg.compute_effsize(second, first, eftype="cohen")
    d_low, d_high = pg.compute_esci(d, len(second), len(first), eftype="cohen", decimals=12)
    g = pg.compute_effsize(second, first, eftype="hedges")
    return {"low": ci.low, "high": ci.high, "d": d, "d_low": d_low, "d_high": d_high, "g": g}


def paired(before, after):
    before, after = np.array(before, float), np.array(after, float)
    ci = stats.ttest_rel(after, before).confidence_interval(0.95)
    change = after - before
    return {
        "n": len(change),
        "difference": change.mean(),
        "low": ci.low,
        "high": ci.high,
        "d_av": pg.compute_effsize(after, before, paired=True, eftype="cohen"),
        "d_z": change.mean() / change.std(ddof=1),
    }


def survey():
    d = survey_frame()
    scored = d.copy()
    scored["D5"] = 6 - scored["D5"]
    result = {"reliability": {}, "as_worded": {}, "scores": {}, "groups": {}}
    person = {}
    for name, k in SCALES.items():
        items = [f"{name}{i + 1}" for i in range(k)]
        result["reliability"][name] = reliability(scored[items])
        raw = d[items].dropna()
        result["as_worded"][name] = [raw[c].corr(raw.sum(axis=1) - raw[c]) for c in items]
        score = scored[items].mean(axis=1).where(scored[items].isna().sum(axis=1) <= 1)
        person[name] = score
        s = score.dropna()
        result["scores"][name] = {
            "n": len(s),
            "mean": s.mean(),
            "deviation": s.std(),
            "quantiles": list(np.quantile(s, [0.25, 0.5, 0.75])),
            "below_3": int((s < 3).sum()),
        }
    roles = sorted(d["рөлі"].unique())
    result["roles"] = roles
    result["sizes"] = [int((d["рөлі"] == r).sum()) for r in roles]
    shown = [r for r in roles if (d["рөлі"] == r).sum() >= 5]
    for name in SCALES:
        result["groups"][name] = groups_of(
            [person[name][d["рөлі"] == r].dropna().values for r in shown]
        )
    items = {}
    for c in [f"{s}{i + 1}" for s, k in SCALES.items() for i in range(k)]:
        v = d[c].dropna()
        top = int((v >= 4).sum())
        items[c] = {
            "counts": [int((v == x).sum()) for x in range(1, 6)],
            "quantiles": list(np.quantile(v, [0.25, 0.5, 0.75])),
            "mean": v.mean(),
            "top": [top, *proportion_confint(top, len(v), method="wilson")],
        }
    result["items"] = items
    table = pd.crosstab(d["рөлі"], d["D5"] >= 4).loc[shown]
    chi, p, df, expected = stats.chi2_contingency(table, correction=False)
    result["crosstab"] = {
        "table": table.values.tolist(), "chi": chi, "p": p, "df": int(df),
        "v": stats.contingency.association(table.values, method="cramer", correction=False),
        "expected_min": expected.min(),
    }
    half = person["A"].dropna().values
    result["waves"] = {
        "first": half[:28].tolist(), "second": half[28:].tolist(), **welch(half[:28], half[28:]),
        "groups": groups_of([half[28:], half[:28]]),
    }
    return result


# Chatterjee and Price 1977, as R's `attitude`: the data of psych's example for alpha.
ATTITUDE = [
    [43, 51, 30, 39, 61, 92, 45], [63, 64, 51, 54, 63, 73, 47], [71, 70, 68, 69, 76, 86, 48],
    [61, 63, 45, 47, 54, 84, 35], [81, 78, 56, 66, 71, 83, 47], [43, 55, 49, 44, 54, 49, 34],
    [58, 67, 42, 56, 66, 68, 35], [71, 75, 50, 55, 70, 66, 41], [72, 82, 72, 67, 71, 83, 31],
    [67, 61, 45, 47, 62, 80, 41], [64, 53, 53, 58, 58, 67, 34], [67, 60, 47, 39, 59, 74, 41],
    [69, 62, 57, 42, 55, 63, 25], [68, 83, 83, 45, 59, 77, 35], [77, 77, 54, 72, 79, 77, 46],
    [81, 90, 50, 72, 60, 54, 36], [74, 85, 64, 69, 79, 79, 63], [65, 60, 65, 75, 55, 80, 60],
    [65, 70, 46, 57, 75, 85, 46], [50, 58, 68, 54, 64, 78, 52], [50, 40, 33, 34, 43, 64, 33],
    [64, 61, 52, 62, 66, 80, 41], [53, 66, 52, 50, 63, 80, 37], [40, 37, 42, 58, 50, 57, 49],
    [63, 54, 42, 48, 66, 75, 33], [66, 77, 66, 63, 88, 76, 72], [78, 75, 58, 74, 80, 78, 49],
    [48, 57, 44, 45, 51, 83, 38], [85, 85, 71, 71, 77, 74, 55], [82, 82, 39, 59, 64, 78, 39],
]

# Beall 1942, as R's `InsectSprays`.
SPRAYS = [
    [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13], [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
    [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4], [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
    [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4], [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
]


def cases():
    small = [[3, 1], [1, 3]], [[2, 7], [8, 2]], [[1, 12], [9, 3]], [[0, 5], [4, 1]]
    fisher = []
    for t in small:
        chi, p, _, e = stats.chi2_contingency(t, correction=False)
        fisher.append([t, chi, p, stats.fisher_exact(t).pvalue, e.min()])
    party = [[762, 327, 468], [484, 239, 477]]
    chi, p, df, e = stats.chi2_contingency(party, correction=False)
    return {
        "attitude": {"rows": ATTITUDE, **reliability(pd.DataFrame(ATTITUDE).astype(float))},
        "sprays": {"groups": SPRAYS, **groups_of(SPRAYS)},
        "party": {"table": party, "chi": chi, "p": p,
                  "v": stats.contingency.association(party, method="cramer", correction=False)},
        "fisher": fisher,
        "movies": {  # Lakens 2013, tables 1 and 2
            "first": [9, 6, 7, 8, 7, 9, 8, 8, 8, 7], "second": [9, 7, 8, 9, 8, 9, 9, 10, 9, 9],
            "independent": welch([9, 6, 7, 8, 7, 9, 8, 8, 8, 7], [9, 7, 8, 9, 8, 9, 9, 10, 9, 9]),
            "paired": paired([9, 6, 7, 8, 7, 9, 8, 8, 8, 7], [9, 7, 8, 9, 8, 9, 9, 10, 9, 9]),
        },
    }


def edge_weights(total, size, highest):
    order = np.sort(total)[::-1] if highest else np.sort(total)
    edge = order[size - 1]
    inside = total > edge if highest else total < edge
    tied = total == edge
    return inside + tied * (size - inside.sum()) / tied.sum()


def lesson_frame():
    d = pd.read_csv("data/lesson-results.csv")
    items = [c for c in d.columns if c.startswith("i")]
    absent = d[items].isna().all(axis=1)
    d[items] = d[items].fillna(0)
    return d[~absent], items


def lesson():
    d, items = lesson_frame()
    result = {"occasions": {}}
    for date, t in d.groupby("date"):
        x = t[items].astype(float)
        total = x.sum(axis=1)
        n, k = len(x), len(items)
        size = math.ceil(27 * n / 100)
        upper, lower = edge_weights(total, size, True), edge_weights(total, size, False)
        rest = [
            None if x[c].nunique() == 1 else stats.pointbiserialr(x[c], total - x[c]).statistic
            for c in items
        ]
        m, var = total.mean(), total.var(ddof=0)
        result["occasions"][date] = {
            "n": n,
            "difficulty": list(x.mean()),
            "rest": rest,
            "upper_lower": [((x[c] * upper).sum() - (x[c] * lower).sum()) / size for c in items],
            # KR-20 is alpha of 0/1 items when both use the same kind of variance.
            "kr20": pg.cronbach_alpha(x)[0],
            "kr21": k / (k - 1) * (1 - m * (k - m) / (k * var)),
            "mean": m,
            "variance": var,
        }
    dates = sorted(d["date"].unique())
    total = d.assign(total=d[items].sum(axis=1)).pivot(index="learner", columns="date", values="total")
    both = total[[dates[0], dates[-1]]].dropna()
    pre, post = both[dates[0]] / 12 * 100, both[dates[-1]] / 12 * 100
    own = ((post - pre) / (100 - pre)).where(pre < 100).dropna()
    result["gain"] = {
        "before": pre.mean(), "after": post.mean(),
        "class": (post.mean() - pre.mean()) / (100 - pre.mean()),
        "individuals": own.mean(), "n_individuals": len(own),
        "effect": paired(both[dates[0]], both[dates[-1]]),
    }
    last = d[d["date"] == dates[-1]]
    skills = [items[i : i + 3] for i in range(0, 12, 3)]
    result["skills"] = [last[s].mean(axis=1).mean() for s in skills]
    result["patterns"] = patterns(1 - last[items].values.astype(int), list(last["learner"]))
    return result


def patterns(wrong, names):
    """All closed sets of items by brute force over all subsets."""
    k, found = wrong.shape[1], {}
    for size in range(2, k + 1):
        for subset in itertools.combinations(range(k), size):
            rows = np.flatnonzero(wrong[:, subset].all(axis=1))
            if len(rows) >= 3:
                closed = tuple(np.flatnonzero(wrong[rows].all(axis=0)))
                found[closed] = rows
    listed = sorted(found.items(), key=lambda x: (-len(x[0]) * len(x[1]), -len(x[1]), x[0]))
    return {
        "count": len(found),
        "first": [[[int(i) for i in s], [names[r] for r in rows]] for s, rows in listed[:20]],
    }


def slope(x, y):
    r = stats.theilslopes(y, x, 0.95, method="separate")
    k = stats.kendalltau(x, y)
    return {"x": list(x), "y": list(y), "slope": r[0], "intercept": r[1], "low": r[2], "high": r[3],
            "tau": k.statistic, "p": k.pvalue}


def holt(y, a, b, h):
    # From the second value on, with the first as level and the mean of the first three steps as trend.
    m = Holt(np.array(y[1:], float), initialization_method="known", initial_level=y[0],
             initial_trend=(y[3] - y[0]) / 3)
    f = m.fit(smoothing_level=a, smoothing_trend=b, optimized=False)
    return {"y": y, "smoothing": [a, b], "level": f.level[-1], "trend": f.trend[-1],
            "forecasts": list(f.forecast(h)), "error": np.abs(f.resid)[3:].mean()}


def bkt(known, learn, guess, slip, answers):
    """The same model as a hidden Markov chain with matrices."""
    state = np.array([known, 1 - known])
    move = np.array([[1, 0], [learn, 1 - learn]])
    course = []
    for right in answers:
        see = np.diag([1 - slip, guess] if right else [slip, 1 - guess])
        state = state @ see
        state = state / state.sum() @ move
        course.append(state[0])
    return {"parameters": [known, learn, guess, slip], "answers": answers, "course": course,
            "next": state @ np.array([1 - slip, guess])}


def rasch(difficulty, right):
    b, u = np.array(difficulty, float), np.array(right, float)
    log = lambda t: float((u * -np.logaddexp(0, b - t) + (1 - u) * -np.logaddexp(0, t - b)).sum())
    if 0 < u.sum() < len(u):
        t = optimize.minimize_scalar(lambda t: -log(t), bounds=(-30, 30), method="bounded",
                                     options={"xatol": 1e-12}).x
        t = optimize.brentq(lambda t: (u - 1 / (1 + np.exp(b - t))).sum(), t - 1, t + 1, xtol=1e-14)
        p = 1 / (1 + np.exp(b - t))
        se = 1 / math.sqrt((p * (1 - p)).sum())
    else:
        w = lambda t: math.exp(log(t)) * stats.norm.pdf(t)
        q = lambda f: integrate.quad(f, -12, 12, epsabs=1e-15, epsrel=1e-13, limit=500)[0]
        z = q(w)
        t = q(lambda t: t * w(t)) / z
        se = math.sqrt(q(lambda t: (t - 0) ** 2 * w(t)) / z - t**2)
    return {"difficulty": difficulty, "right": right, "theta": t, "error": se}


def backtest():
    d, items = lesson_frame()
    d = d.assign(total=d[items].sum(axis=1), day=(pd.to_datetime(d["date"]) - pd.Timestamp("2026-09-14")).dt.days)
    y = d.pivot(index="learner", columns="day", values="total")
    days, y = y.columns.values.astype(float), y.values
    weights = np.round(np.arange(11) / 10, 1)
    trials = []
    slope_of = lambda x, v: stats.theilslopes(v, x, method="separate")
    for t, day in enumerate(days):
        known = [(days[:t][~np.isnan(r[:t])], r[:t][~np.isnan(r[:t])]) for r in y]
        slopes = [slope_of(x, v)[0] for x, v in known if len(x) >= 4]
        if not slopes:
            continue
        common = np.median(slopes)
        for learner, (x, v) in enumerate(known):
            if len(x) < 4 or np.isnan(y[learner, t]):
                continue
            own = slope_of(x, v)
            mixed = [np.median(v - s * x) + s * day for s in weights * own[0] + (1 - weights) * common]
            trials.append([learner, y[learner, t], v[-1], np.clip(own[1] + own[0] * day, 0, 12),
                           *np.clip(mixed, 0, 12)])
    trials = np.array(trials)
    who, actual = trials[:, 0], trials[:, 1]
    miss = np.abs(actual[:, None] - trials[:, 2:])
    last, theil, by_weight = miss[:, 0].mean(), miss[:, 1].mean(), miss[:, 2:].mean(axis=0)
    shrunken = []
    for i in range(len(trials)):
        best = np.argmin(np.round(miss[who != who[i], 2:].sum(axis=0), 9))
        shrunken.append(trials[i, 4 + best])
    shrunken = np.array(shrunken)
    by_name = {"last": (trials[:, 2], last), "class": (trials[:, 4], by_weight[0]),
               "shrunken": (shrunken, np.abs(actual - shrunken).mean()), "theil_sen": (trials[:, 3], theil)}
    best = min(by_name, key=lambda k: by_name[k][1])
    errors = actual - by_name[best][0]
    inside = 0
    for i in range(len(trials)):
        low, high = np.quantile(errors[who != who[i]], [0.1, 0.9])
        inside += low - 1e-9 <= errors[i] <= high + 1e-9
    # The forecast of the first learner for a week after the last day.
    slopes = [slope_of(days[~np.isnan(r)], r[~np.isnan(r)])[0] for r in y if (~np.isnan(r)).sum() >= 4]
    weight = weights[np.argmin(np.round(by_weight, 9))]
    first = y[0][~np.isnan(y[0])]
    x0 = days[~np.isnan(y[0])]
    s = {"class": np.median(slopes),
         "shrunken": weight * slope_of(x0, first)[0] + (1 - weight) * np.median(slopes)}.get(best)
    ahead = None if s is None else float(np.clip(np.median(first - s * x0) + s * (days[-1] + 7), 0, 12))
    return {"n": len(trials), "errors": {k: v[1] for k, v in by_name.items()}, "best": best,
            "by_weight": by_weight, "weight": weight, "low": np.quantile(errors, 0.1),
            "high": np.quantile(errors, 0.9), "coverage": inside / len(trials), "ahead": ahead}


def trajectory():
    air = [17.55, 21.86, 23.89, 26.93, 26.89, 28.83, 30.08, 30.95, 30.19, 31.58, 32.58, 33.48, 39.02,
           41.39, 41.60]
    return {
        "slopes": [
            slope([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]),  # Sen 1968
            slope([0, 7, 14, 21, 28, 35, 42], [2, 2, 5, 4, 5, 7, 10]),
            slope([0, 7, 14, 28], [3, 3, 3, 4]),
            slope([0, 7, 14, 28, 35], [8, 7, 6, 7, 3]),
        ],
        "holt": [
            holt(air, 0.8, 0.2, 5),
            holt([6.4, 5.6, 7.8, 8.8, 11.0, 11.6, 16.7, 15.3, 21.6, 22.4], 0.3623, 1.0, 5),  # NIST
        ],
        "bkt": [
            bkt(0.4, 0.1, 0.2, 0.3, [0, 1, 1]),
            bkt(0.3, 0.15, 0.2, 0.1, [1, 1, 0, 1, 1, 1, 1, 0, 1, 1]),
            bkt(0.5, 0.4, 0.2, 0.2, [0, 0, 1, 1, 1, 0, 1, 1, 0, 1]),
        ],
        "rasch": [
            rasch([-2, -1, 0, 1, 2], [1, 1, 0, 1, 0]),
            rasch([-1.5, -0.5, 0.2, 0.4, 1.1, 2.5], [1, 0, 0, 0, 0, 0]),
            rasch([-1.5, -0.5, 0.2, 0.4, 1.1, 2.5], [1, 1, 1, 1, 1, 1]),
            rasch([0.0], [0]),
            rasch([-4, 4, 15], [0, 0, 1]),
        ],
        "backtest": backtest(),
    }


def plain(x):
    if isinstance(x, dict):
        return {str(k): plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple, np.ndarray)):
        return [plain(v) for v in x]
    if isinstance(x, (np.floating, float)):
        return float(x)
    if isinstance(x, np.integer):
        return int(x)
    return x


out.update(special=special(), ahp=ahp(), shares=shares(), agreement=agreement(), survey=survey(),
           cases=cases(), lesson=lesson(), trajectory=trajectory())
json.dump(plain(out), sys.stdout, ensure_ascii=False, indent=1, allow_nan=False)
sys.stdout.write("\n")
