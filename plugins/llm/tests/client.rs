//! The client against a server that fails in every way that is known.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::thread;
use std::time::{Duration, Instant};

use jospar_llm::client::{ANSWER_BYTES_MAX, Answer, Cancel, Line, RESPONSE_BYTES_MAX, answers};
use jospar_llm::names::Names;
use jospar_llm::prepared::{Asked, Confirmed, prepare};
use jospar_llm::secret::Secret;
use jospar_llm::settings::Settings;
use jospar_llm::template::{Block, Language};
use jospar_llm::{LlmError, Phase};

use stub::{Act, Stub, answer, chunk, end, event, last, plain, stream_head};

#[allow(dead_code, reason = "also written for other tests")]
mod stub;

const SOON: Duration = Duration::from_secs(30);
const JSON: &str = "content-type: application/json\r\n";

fn settings(url: &str) -> Settings {
    Settings {
        url: url.to_owned(),
        connect_ms: 2_000,
        first_byte_ms: 5_000,
        idle_ms: 5_000,
        total_ms: 20_000,
        backoff_ms: 10,
        ..Settings::default()
    }
}

fn request(settings: &Settings) -> Confirmed {
    let asked = Asked {
        purpose: "Сынақ".to_owned(),
        template: "rewrite".to_owned(),
        language: Language::Kk,
        blocks: vec![Block {
            name: "text".to_owned(), text: "Айгүлдің сабағы.".to_owned()
        }],
        tokens_max: 100,
        sources: Vec::new(),
    };
    let prepared = prepare(settings, asked, &Names::new(["Айгүл Омарова"])).unwrap();
    let hash = prepared.prompt_hash.clone();
    prepared.confirm(&hash, "dir", 0).unwrap()
}

fn send(settings: &Settings) -> Result<Answer, LlmError> {
    let cancel = Cancel::default();
    request(settings).send(Line { settings, key: None, cancel: &cancel }, &mut |_| {})
}

fn check(scripts: Vec<Vec<Act>>, expected: &LlmError, requests: usize) {
    let stub = Stub::new(scripts);
    assert_eq!(send(&settings(&stub.url)).as_ref(), Err(expected));
    assert_eq!(stub.requests().len(), requests, "{expected}");
}

#[test]
fn t21_what_goes_out_is_what_was_shown_and_the_key() {
    let stub = Stub::new(vec![answer("Жарайды.", 64)]);
    let settings = settings(&stub.url);
    let request = request(&settings);
    let key = Secret::parse("sk-canary-0123456789").unwrap();
    let cancel = Cancel::default();
    request
        .send(Line { settings: &settings, key: Some(&key), cancel: &cancel }, &mut |_| {})
        .unwrap();
    let sent = stub.requests().remove(0);
    let header = "authorization: Bearer sk-canary-0123456789\r\n";
    assert_eq!(sent.matches(header).count(), 1);
    assert_eq!(sent.replace(header, ""), request.prepared.preview());
    assert!(!request.prepared.preview().contains("canary"), "the key is not shown");
}

#[test]
fn an_answer_is_the_same_wherever_its_chunks_end() {
    for size in [1, 2, 3, 7, 4_096] {
        let stub = Stub::new(vec![answer("[PERSON_1]дің сабағы 😀 өтті.\u{202e}\u{7}", size)]);
        let mut pieces = String::new();
        let settings = settings(&stub.url);
        let cancel = Cancel::default();
        let line = Line { settings: &settings, key: None, cancel: &cancel };
        let answer = request(&settings).send(line, &mut |text| pieces.push_str(text)).unwrap();
        assert_eq!(answer.text, "Айгүлдің сабағы 😀 өтті.");
        assert_eq!(pieces, "[PERSON_1]дің сабағы 😀 өтті.", "names are not in what streams");
        assert_eq!((answer.model.as_str(), answer.tokens, answer.truncated), ("stub-1", 42, false));
    }
}

#[test]
fn an_answer_in_one_piece_is_taken_too() {
    let body =
        r#"{"model":"m","choices":[{"message":{"content":"Сәлем"},"finish_reason":"length"}]}"#;
    let stub =
        Stub::new(vec![plain("200 OK", "content-type: application/json; charset=utf-8\r\n", body)]);
    let answer = send(&settings(&stub.url)).unwrap();
    assert_eq!((answer.text.as_str(), answer.truncated), ("Сәлем", true));
    assert!(answer.tokens > 100, "estimated from bytes");
}

#[test]
fn a_stream_that_ends_without_a_mark_but_with_a_reason_is_whole() {
    let stop = r#"data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#;
    let stub = Stub::new(vec![vec![
        stream_head(),
        chunk(event("a").as_bytes()),
        chunk(stop.as_bytes()),
        last(),
    ]]);
    assert_eq!(send(&settings(&stub.url)).unwrap().text, "ab");
}

#[test]
fn a_cut_answer_is_no_answer() {
    let cut = LlmError::Cut { bytes: 1 };
    let begun = || vec![stream_head(), chunk(event("a").as_bytes())];
    check(vec![begun()], &cut, 1);
    let mut ended = begun();
    ended.push(last());
    check(vec![ended], &cut, 1);
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"choices\":";
    check(vec![vec![Act::Say(half.into())]], &LlmError::Cut { bytes: 11 }, 1);
}

#[test]
fn a_busy_server_is_waited_for_as_long_as_it_says() {
    let busy = || plain("429 Too Many Requests", "retry-after: 1\r\n", "");
    let stub = Stub::new(vec![busy(), answer("Енді болды.", 64)]);
    let begun = Instant::now();
    assert_eq!(send(&settings(&stub.url)).unwrap().text, "Енді болды.");
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(stub.requests().len(), 2);
    let long = plain("429 Too Many Requests", "retry-after: 3600\r\n", "");
    check(vec![long], &LlmError::Busy { seconds: 3_600.0 }, 1);
    let huge = plain("429 Too Many Requests", "retry-after: 18446744073709551615\r\n", "");
    let stub = Stub::new(vec![huge]);
    assert_eq!(send(&settings(&stub.url)).unwrap_err().key(), "error-llm-busy");
}

#[test]
fn failures_are_tried_again_and_then_said() {
    let failing = || plain("500 Internal Server Error", "", "oops");
    let stub = Stub::new(vec![failing(), plain("503 Unavailable", "", ""), answer("Болды.", 64)]);
    assert_eq!(send(&settings(&stub.url)).unwrap().text, "Болды.");
    assert_eq!(stub.requests().len(), 3);
    check(vec![failing()], &LlmError::Failing { status: 500 }, 4);
    // A line that breaks before a head is tried again, too.
    let stub = Stub::new(vec![vec![], answer("Болды.", 64)]);
    assert_eq!(send(&settings(&stub.url)).unwrap().text, "Болды.");
}

#[test]
fn nothing_is_tried_again_once_a_word_has_come() {
    let failed = event("a") + "data: {\"error\":{\"message\":\"out of memory\"}}\n\n";
    let rejected = LlmError::Rejected { status: 200, said: "out of memory".to_owned() };
    check(vec![vec![stream_head(), chunk(failed.as_bytes()), last()]], &rejected, 1);
}

#[test]
fn refusals_are_said_in_the_servers_words() {
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let code = status[..3].parse().unwrap();
        check(vec![plain(status, JSON, "{}")], &LlmError::KeyRefused { status: code }, 1);
    }
    let body = r#"{"error":{"message":"model \u001b[31m 'x' not found"}}"#;
    let said = "model [31m 'x' not found".to_owned();
    check(vec![plain("404 Not Found", JSON, body)], &LlmError::Rejected { status: 404, said }, 1);
    let said = "no such page".to_owned();
    check(
        vec![plain("404 Not Found", "", "no such page")],
        &LlmError::Rejected { status: 404, said },
        1,
    );
}

#[test]
fn t21_a_redirect_is_not_followed() {
    let other = Stub::new(vec![answer("evil", 64)]);
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let to = format!("{}/v1/chat/completions", other.url);
        let moved = plain(status, &format!("location: {to}\r\n"), "");
        check(vec![moved], &LlmError::Redirected { to }, 1);
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[test]
fn what_is_no_model_is_said_to_be_none() {
    let page = plain("200 OK", "content-type: text/html\r\n", "<html>router</html>");
    check(vec![page], &LlmError::Nonsense { content: "text/html".to_owned() }, 1);
    let words = plain("200 OK", JSON, "hello");
    check(vec![words], &LlmError::Nonsense { content: "hello".to_owned() }, 1);
    let other = plain("200 OK", JSON, r#"{"usage":{}}"#);
    check(vec![other], &LlmError::Nonsense { content: r#"{"usage":{}}"#.to_owned() }, 1);
    let stream = vec![stream_head(), chunk(b"data: <html>\n\n"), last()];
    check(vec![stream], &LlmError::Nonsense { content: "<html>".to_owned() }, 1);
    let tool = r#"{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"rm"}}]},"finish_reason":"tool_calls"}]}"#;
    check(vec![plain("200 OK", JSON, tool)], &LlmError::Empty {}, 1);
    let stub = Stub::new(vec![vec![Act::Say(b"\x00\xff garbage \r\n\r\n".to_vec())]]);
    let key = send(&settings(&stub.url)).unwrap_err().key();
    assert!(["error-llm-nonsense", "error-llm-unreachable"].contains(&key), "{key}");
}

#[test]
fn endless_answers_end() {
    let piece = event(&"а".repeat(8 * 1024));
    let flood = Act::Flood(
        [format!("{:x}\r\n", piece.len()).as_bytes(), piece.as_bytes(), b"\r\n"].concat(),
        1_000,
    );
    let stub = Stub::new(vec![vec![stream_head(), flood]]);
    let answer = send(&settings(&stub.url)).unwrap();
    assert!(answer.truncated && answer.text.len() <= ANSWER_BYTES_MAX);
    assert!(answer.text.len() > ANSWER_BYTES_MAX - 4);
    let comment = [
        b"10000\r\n".as_slice(),
        &b": ping ping ping\n".repeat(0x10000 / 17 + 1)[..0x10000],
        b"\r\n",
    ]
    .concat();
    let flood = Act::Flood(comment, 10_000);
    check(vec![vec![stream_head(), flood]], &LlmError::TooLarge { limit: RESPONSE_BYTES_MAX }, 1);
    let line = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
    let stub = Stub::new(vec![vec![stream_head(), Act::Flood(line, 1_000)]]);
    assert_eq!(send(&settings(&stub.url)).unwrap_err().key(), "error-llm-too-large");
}

#[test]
fn every_wait_has_an_end() {
    let waits = |acts: Vec<Act>, change: fn(&mut Settings), phase, seconds| {
        let stub = Stub::new(vec![acts]);
        let mut settings = settings(&stub.url);
        change(&mut settings);
        let begun = Instant::now();
        assert_eq!(send(&settings), Err(LlmError::TimedOut { phase, seconds }));
        assert!(begun.elapsed() < SOON);
    };
    let short = |settings: &mut Settings| {
        (settings.connect_ms, settings.first_byte_ms, settings.idle_ms) = (100, 100, 100);
    };
    waits(vec![Act::Wait(SOON)], short, Phase::FirstByte, 0.1);
    waits(vec![stream_head(), chunk(b": ping\n\n"), Act::Wait(SOON)], short, Phase::FirstByte, 0.1);
    waits(
        vec![stream_head(), chunk(event("a").as_bytes()), Act::Wait(SOON)],
        short,
        Phase::Idle,
        0.1,
    );
    let total = |settings: &mut Settings| settings.total_ms = 150;
    waits(
        vec![stream_head(), chunk(event("a").as_bytes()), Act::Wait(SOON)],
        total,
        Phase::Total,
        0.15,
    );
}

#[test]
fn a_person_stops_it_at_any_time() {
    let begun = || vec![stream_head(), chunk(event("a").as_bytes()), Act::Wait(SOON)];
    for acts in [vec![Act::Wait(SOON)], begun(), plain("429 Busy", "retry-after: 15\r\n", "")] {
        let stub = Stub::new(vec![acts]);
        let settings = settings(&stub.url);
        let cancel = Cancel::default();
        let stopper = cancel.clone();
        let stop = thread::spawn(move || {
            // Long enough for the request to be under way, on most computers; stopped earlier it says the same.
            thread::sleep(Duration::from_millis(50));
            stopper.stop();
        });
        let line = Line { settings: &settings, key: None, cancel: &cancel };
        let started = Instant::now();
        assert_eq!(request(&settings).send(line, &mut |_| {}), Err(LlmError::Cancelled {}));
        assert!(started.elapsed() < Duration::from_secs(10));
        stop.join().unwrap();
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = settings(&format!("http://{free}"));
    let gone = LlmError::Unreachable { host: "127.0.0.1".to_owned() };
    assert_eq!(send(&settings), Err(gone.clone()));
    let cancel = Cancel::default();
    assert_eq!(answers(Line { settings: &settings, key: None, cancel: &cancel }), Err(gone));
}

#[test]
fn a_probe_sends_nothing_of_a_plan() {
    let stub = Stub::new(vec![plain("401 Unauthorized", "", "")]);
    let settings = settings(&stub.url);
    let cancel = Cancel::default();
    answers(Line { settings: &settings, key: None, cancel: &cancel }).unwrap();
    let sent = stub.requests().remove(0);
    assert!(
        sent.starts_with("GET /v1/models HTTP/1.1\r\n") && sent.ends_with("\r\n\r\n"),
        "{sent}"
    );
}

#[test]
fn t21_encryption_is_not_given_up() {
    // The stub speaks no TLS: the handshake fails, and nothing of the request is readable on the line.
    let stub = Stub::new(vec![vec![Act::Say(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())]]);
    let settings = settings(&stub.url.replace("http://", "https://"));
    let settings = Settings { connect_ms: 500, attempts: 1, ..settings };
    let error = send(&settings).unwrap_err().key();
    let expected = ["error-llm-untrusted", "error-llm-unreachable", "error-llm-timed-out"];
    assert!(expected.contains(&error), "{error}");
}

#[test]
fn settings_that_changed_stop_what_was_confirmed() {
    let stub = Stub::new(vec![answer("x", 64)]);
    let shown = settings(&stub.url);
    let request = request(&shown);
    let cancel = Cancel::default();
    let changed = Settings { url: format!("{}/other", stub.url), ..shown };
    let line = Line { settings: &changed, key: None, cancel: &cancel };
    assert_eq!(request.send(line, &mut |_| {}), Err(LlmError::Outdated {}));
    assert_eq!(stub.requests(), Vec::<String>::new());
    let last_words = end("stop", 1);
    assert!(last_words.ends_with("[DONE]\n\n"));
}
