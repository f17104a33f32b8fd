//! Photos and files of evidence, by the page.

use data_encoding::BASE64;
use jospar_core::plan::FILE_BYTES_MAX;
use jospar_node::service::FileRequest;
use serde_json::json;

use super::*;

/// A photo with its place, as a telephone writes it, in as few bytes as show the parts.
fn photo() -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap();
        [&[0xff, marker][..], &length.to_be_bytes(), content].concat()
    };
    [
        &[0xff, 0xd8][..],
        &segment(0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0 GPS 43.2N 76.9E"),
        &segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        &[0x12, 0x34, 0xff, 0xd9],
    ]
    .concat()
}

impl Browser {
    fn give(&self, address: &str, bytes: &[u8]) -> (StatusCode, String) {
        self.upload(address, bytes, &self.token)
    }

    fn file(&self, request: FileRequest) -> Value {
        let service = self.node.as_ref().unwrap().service();
        service.answer_blocking(&Request::File(request)).unwrap()
    }
}

#[test]
fn t43_a_photo_comes_in_without_its_place_and_is_shown() {
    let browser = Browser::with_example();
    let address = "/upload/evidence?name=%D1%81%D0%B0%D0%B1%D0%B0%D2%9B.JPG";
    let (status, to) = browser.give(address, &photo());
    assert_eq!(status, StatusCode::OK, "{to}");
    let path = to.strip_prefix("/plan/").unwrap().to_owned();
    let evidence = browser.value(&path);
    assert_eq!((&evidence["source"], &evidence["kind"]), (&json!("сабақ.JPG"), &json!("photo")));
    assert_eq!(evidence["title"]["kk"], "сабақ");
    let hash = evidence["file_hash"].as_str().unwrap().to_owned();
    let file = browser.file(FileRequest::Get { what: hash.clone() });
    let bytes = BASE64.decode(file["bytes"].as_str().unwrap().as_bytes()).unwrap();
    assert!(!bytes.windows(3).any(|window| window == b"GPS") && bytes.len() < photo().len());
    let (_, page) = browser.get(&to);
    assert!(page.contains(&format!("<img src=\"/file/{hash}?name=")), "{page}");
    let paper = browser.get(&to.replace("/plan/", "/sheet/")).1;
    assert!(paper.contains("<img src=\"/file/") && paper.contains(&hash));
    assert!(browser.get("/page/evidence").1.contains("class=\"gallery\""));
    // The same once more is one content, named twice.
    let (_, again) = browser.give("/upload/evidence?name=b.jpg", &photo());
    assert_ne!(again, to);
    let files = browser.file(FileRequest::List)["files"].clone();
    let documents: Vec<&Value> = files.as_array().unwrap().iter().map(|f| &f["document"]).collect();
    assert_eq!((documents.len(), documents[0]), (2, documents[1]));
    assert!(browser.get("/page/evidence").1.contains("data-upload=\"/upload/evidence\""));
}

/// An evidence took one file once, and the next took its place.
#[test]
fn an_evidence_has_several_files_and_each_can_be_taken_out() {
    let browser = Browser::with_example();
    let path = "evidence/e1";
    let count = || browser.value("evidence").as_array().unwrap().len();
    let before = count();
    let to = |name: &str| format!("/upload/evidence?name={name}&evidence={path}");
    let csv = "аты;саны\nӘсел;3\n".as_bytes().to_vec();
    // What an older program wrote: one file, in the evidence itself.
    assert_eq!(browser.give(&to("a.csv"), &csv).1, format!("/plan/{path}"));
    assert_eq!(count(), before);
    let first = browser.value(path)["file_hash"].as_str().unwrap().to_owned();
    let (status, text) = browser.get(&format!("/file/{first}?name=a.csv"));
    assert_eq!((status, text.as_str()), (StatusCode::OK, "аты;саны\nӘсел;3\n"));
    assert!(!browser.get(&format!("/plan/{path}")).1.contains("<img"), "a table is no picture");
    // Two more; the same once more is there already, wherever it is dropped.
    for name in ["b.jpg", "b.jpg", "a.csv"] {
        let bytes = if name == "b.jpg" { photo() } else { csv.clone() };
        assert_eq!(browser.give(&to(name), &bytes).1, format!("/plan/{path}"));
    }
    assert_eq!(browser.give(&to("c.txt"), "Ә".as_bytes()).1, format!("/plan/{path}"));
    assert_eq!(count(), before + 2);
    let all = browser.value("evidence");
    let parts: Vec<&Value> =
        all.as_array().unwrap().iter().filter(|one| one["part_of"] == "e1").collect();
    let sources: Vec<&Value> = parts.iter().map(|part| &part["source"]).collect();
    assert_eq!(sources, ["b.jpg", "c.txt"]);
    assert_eq!(browser.value(path)["file_hash"], first.as_str());
    let (_, page) = browser.get(&format!("/plan/{path}"));
    assert_eq!((page.matches("<img src=").count(), page.matches(" download=").count()), (1, 3));
    assert!(browser.get(&format!("/sheet/{path}")).1.contains("<img src=\"/file/"));
    // On the list stands the evidence alone, and nothing else refers to a part by itself.
    let part = format!("evidence/{}", parts[0]["id"].as_str().unwrap());
    let list = browser.get("/page/evidence").1;
    assert!(
        !list.contains(&format!("href=\"/plan/{part}\"")) && list.contains("class=\"gallery\"")
    );
    let kpi = browser.get("/plan/kpis/k1").1;
    assert!(kpi.contains("value=\"e1\"") && !kpi.contains(parts[0]["id"].as_str().unwrap()));
    let other = browser.get_in(&format!("/plan/{part}"), "en").1;
    assert!(other.contains("This is a further file of the evidence"));
    // A file that is dropped on a part goes where the part belongs.
    let onto = browser.give(&format!("/upload/evidence?name=d.txt&evidence={part}"), b"d");
    assert_eq!(onto.1, format!("/plan/{path}"));
    let files = browser.file(FileRequest::List)["files"].clone();
    let of: Vec<&Value> = files.as_array().unwrap().iter().map(|file| &file["of"]).collect();
    assert_eq!(of, [path; 4]);
    // Taken out: the own one leaves its evidence, a part goes. What is left without its whole is shown by itself.
    browser.post("/set", &[("path", "evidence/e1/file_hash"), ("value", "")]);
    browser.post("/remove", &[("path", &part)]);
    let (_, page) = browser.get(&format!("/plan/{path}"));
    assert_eq!((page.matches("<img src=").count(), page.matches(" download=").count()), (0, 2));
    browser.post("/remove", &[("path", path)]);
    assert!(browser.get("/page/evidence").1.contains(">c<"));
}

#[test]
fn t43_what_is_not_taken_is_refused_in_words() {
    let browser = Browser::with_example();
    let before = browser.value("evidence");
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec();
    let (status, told) = browser.give("/upload/evidence?name=a.svg", &svg);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains("a.svg") && told.contains("PDF"), "{told}");
    let large = vec![b'a'; FILE_BYTES_MAX + 1];
    let (status, told) = browser.give("/upload/evidence?name=a.txt", &large);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains("PDF-ті"), "{told}");
    let (_, told) = browser.give("/upload/evidence?name=a.jpg", &photo()[..40]);
    assert!(told.contains("бүлінген"), "{told}");
    let nowhere = browser.give("/upload/evidence?name=a.jpg&evidence=risks/rk1", &photo());
    assert_eq!(nowhere.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.value("evidence"), before, "nothing of it was carried out");
    let hash = "0".repeat(64);
    for unknown in [hash.as_str(), "x", "..%2F..%2Fetc"] {
        assert_eq!(browser.get(&format!("/file/{unknown}")).0, StatusCode::NOT_FOUND);
    }
}
