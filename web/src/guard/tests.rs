#![allow(clippy::unwrap_used, clippy::panic)]
use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower::ServiceExt as _;

use super::*;

const PORT: u16 = 4_711;
const HOME: &str = "http://127.0.0.1:4711";

/// A router with one address of each sort, and a session.
fn guarded() -> (Router, String, String) {
    let guard =
        Arc::new(Guard { port: PORT, folder: std::env::temp_dir(), sessions: Sessions::default() });
    let link = guard.sessions.new_link().unwrap();
    let session = guard.sessions.trade(&link).unwrap().unwrap();
    let token = guard.sessions.find(&session).unwrap().token;
    let router = Router::new()
        .route("/", get(|| async { "page" }))
        .route("/set", post(|| async { "saved" }))
        .route(LIVE, get(|| async { "live" }))
        .route(START, get(|| async { ([(SET_COOKIE, "a=b")], "start") }))
        .layer(from_fn_with_state(guard, super::guard));
    (router, session, token)
}

fn answer(router: &Router, request: Request) -> Response {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(router.clone().oneshot(request)).unwrap()
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

/// Host, origin, site, cookie and token: of all combinations, only those of the page itself pass.
#[test]
fn t26_only_the_page_itself_changes_anything() {
    let (router, session, token) = guarded();
    let cookie = format!("jospar-{PORT}={session}");
    let hosts =
        ["127.0.0.1:4711", "localhost:4711", "127.0.0.1", "127.0.0.1:80", "evil.kz:4711", ""];
    let origins = [
        Some(HOME),
        Some("http://localhost:4711"),
        None,
        Some("null"),
        Some("http://evil.kz"),
        Some("http://127.0.0.1:80"),
        Some("https://127.0.0.1:4711"),
    ];
    let sites = [Some("same-origin"), None, Some("same-site"), Some("cross-site"), Some("none")];
    let tokens = [token.as_str(), "", "0000"];
    let mut passed = 0;
    for host in hosts {
        for origin in origins {
            for site in sites {
                for said in tokens {
                    let mut headers = vec![
                        ("host", host),
                        ("cookie", cookie.as_str()),
                        ("content-type", "application/x-www-form-urlencoded"),
                    ];
                    headers.extend(origin.map(|origin| ("origin", origin)));
                    headers.extend(site.map(|site| ("sec-fetch-site", site)));
                    let body = format!("token={said}");
                    let answer = answer(&router, request("POST", "/set", &headers, &body));
                    let own = host.ends_with(":4711") && !host.starts_with("evil");
                    let origin_fits = origin == Some(format!("http://{host}").as_str());
                    let site_fits = matches!(site, None | Some("same-origin"));
                    let fits = own && origin_fits && site_fits && said == token;
                    assert_eq!(
                        answer.status() == StatusCode::OK,
                        fits,
                        "{host} {origin:?} {site:?}"
                    );
                    if !own {
                        assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
                    }
                    passed += usize::from(fits);
                }
            }
        }
    }
    assert_eq!(passed, 4);
}

#[test]
fn t26_two_hosts_or_a_foreign_address_in_the_request_line_are_turned_away() {
    let (router, session, _) = guarded();
    let cookie = format!("jospar-{PORT}={session}");
    let two = [("host", "127.0.0.1:4711"), ("host", "evil.kz"), ("cookie", cookie.as_str())];
    let answered = answer(&router, request("GET", "/", &two, ""));
    assert_eq!(answered.status(), StatusCode::MISDIRECTED_REQUEST);
    let one = [("host", "127.0.0.1:4711"), ("cookie", cookie.as_str())];
    let answered = answer(&router, request("GET", "http://evil.kz/", &one, ""));
    assert_eq!(answered.status(), StatusCode::MISDIRECTED_REQUEST);
    let answered = answer(&router, request("GET", "/", &one, ""));
    assert_eq!(answered.status(), StatusCode::OK);
}

/// Another site may link to the start, and to nothing else.
#[test]
fn t26_another_sites_page_reads_nothing() {
    let (router, session, _) = guarded();
    let cookie = format!("jospar-{PORT}={session}");
    for site in ["cross-site", "same-site"] {
        for (path, status) in
            [("/", StatusCode::FORBIDDEN), (LIVE, StatusCode::FORBIDDEN), (START, StatusCode::OK)]
        {
            let headers =
                [("host", "127.0.0.1:4711"), ("cookie", cookie.as_str()), ("sec-fetch-site", site)];
            let answered = answer(&router, request("GET", path, &headers, ""));
            assert_eq!(answered.status(), status, "{site} {path}");
        }
    }
}

/// A client without the session's cookie gets nothing, whatever it asks for.
#[test]
fn t27_a_stranger_gets_nothing_on_any_address() {
    let (router, _, token) = guarded();
    let wrong = format!("jospar-{PORT}={}", "0".repeat(64));
    for cookie in ["", wrong.as_str(), "jospar-4712=x", "jospar-4711="] {
        for (method, path) in
            [("GET", "/"), ("GET", LIVE), ("POST", "/set"), ("HEAD", "/"), ("GET", "/nowhere")]
        {
            let headers = [
                ("host", "127.0.0.1:4711"),
                ("origin", HOME),
                ("cookie", cookie),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            let body = format!("token={token}");
            let answered = answer(&router, request(method, path, &headers, &body));
            assert_eq!(answered.status(), StatusCode::UNAUTHORIZED, "{method} {path} {cookie}");
        }
    }
}

#[test]
fn t27_a_link_lets_one_browser_in_and_is_used_up() {
    let sessions = Sessions::default();
    let link = sessions.new_link().unwrap();
    assert_eq!(sessions.trade("").unwrap(), None);
    assert_eq!(sessions.trade(&link[..63]).unwrap(), None);
    let session = sessions.trade(&link).unwrap().unwrap();
    assert_eq!(sessions.trade(&link).unwrap(), None);
    assert_ne!(session, link);
    // The token is no way back to the cookie, and another session has another.
    let token = sessions.find(&session).unwrap().token;
    assert!(token != session && sessions.find(&token).is_none());
    let other = sessions.trade(&sessions.new_link().unwrap()).unwrap().unwrap();
    assert_ne!(sessions.find(&other).unwrap().token, token);
}

#[test]
fn t27_links_and_sessions_are_bounded() {
    let sessions = Sessions::default();
    let first = sessions.new_link().unwrap();
    for _ in 0..8 {
        sessions.new_link().unwrap();
    }
    assert_eq!(sessions.trade(&first).unwrap(), None);
    let mut let_in = Vec::new();
    for _ in 0..65 {
        let link = sessions.new_link().unwrap();
        let_in.push(sessions.trade(&link).unwrap().unwrap());
    }
    assert!(sessions.find(&let_in[0]).is_none() && sessions.find(&let_in[1]).is_some());
}

/// Every answer, also one that turns a request away, carries the headers that keep it in its page.
#[test]
fn t28_every_answer_is_kept_in_its_page() {
    let (router, session, _) = guarded();
    let cookie = format!("jospar-{PORT}={session}");
    let host = ("host", "127.0.0.1:4711");
    let cookie = ("cookie", cookie.as_str());
    let requests = [
        request("GET", "/", &[host, cookie], ""),
        request("GET", "/nowhere", &[host, cookie], ""),
        request("GET", "/", &[host], ""),
        request("GET", "/", &[("host", "evil.kz")], ""),
        request("POST", "/set", &[host, cookie], ""),
        request("GET", START, &[host], ""),
    ];
    for request in requests {
        let told = format!("{} {}", request.method(), request.uri());
        let answered = answer(&router, request);
        let header =
            |name: &str| answered.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap();
        for rule in
            ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(rule), "{told}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{told}");
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"), "{told}");
        assert_eq!(
            header("cross-origin-resource-policy").as_deref(),
            Some("same-origin"),
            "{told}"
        );
        assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{told}");
    }
}

#[test]
fn a_body_that_is_too_long_or_no_form_is_turned_away() {
    let (router, session, token) = guarded();
    let cookie = format!("jospar-{PORT}={session}");
    let long = format!("token={token}&text={}", "x".repeat(BODY_BYTES_MAX));
    for (kind, body) in [
        ("application/x-www-form-urlencoded", long.as_str()),
        ("text/plain", "token=x"),
        ("application/json", "{}"),
    ] {
        let headers = [
            ("host", "127.0.0.1:4711"),
            ("origin", HOME),
            ("cookie", cookie.as_str()),
            ("content-type", kind),
            ("x-jospar-token", token.as_str()),
        ];
        let answered = answer(&router, request("POST", "/set", &headers, body));
        assert_eq!(answered.status(), StatusCode::PAYLOAD_TOO_LARGE, "{kind}");
    }
}
