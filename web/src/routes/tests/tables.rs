//! A table for a list: looked at, added once, and not twice.

use super::*;

#[test]
fn a_table_of_risks_is_looked_at_and_added_once() {
    let browser = Browser::with_example();
    let before = browser.value("risks").as_array().unwrap().len();
    assert!(browser.get("/page/risks").1.contains("data-upload=\"/upload/table/risks\""));
    let file = "Атауы;Ықтималдығы;Не\nЖелі үзілуі;3;x\nҚарсылық;1;x\nВирус;көп;x\n";
    let to = "/upload/table/risks?name=risks.csv";
    let (status, address) = browser.upload(to, file.as_bytes(), &browser.token);
    assert_eq!(status, StatusCode::OK, "{address}");
    let asked = format!("{address}?column:0=title&column:1=likelihood&column:2=");
    let (status, page) = browser.get_in(&asked, "en");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Would be added: 1.") && page.contains("Желі үзілуі"));
    assert!(page.contains("under the same name already: 1") && page.contains("line 4"));
    let form = [("column:0", "title"), ("column:1", "likelihood"), ("column:2", "")];
    assert_eq!(browser.post(&address, &form).0, StatusCode::SEE_OTHER);
    let risks = browser.value("risks");
    let risks = risks.as_array().unwrap();
    let new = risks.iter().find(|risk| risk["title"]["kk"] == "Желі үзілуі").unwrap();
    assert_eq!((risks.len(), &new["likelihood"]), (before + 1, &serde_json::json!(3)));
    // Given again, it is there by its name.
    let (_, address) = browser.upload(to, file.as_bytes(), &browser.token);
    let (_, page) = browser.get_in(&format!("{address}?column:0=title&column:1=&column:2="), "en");
    assert!(page.contains("under the same name already: 2"));
    assert_eq!(
        browser.upload("/upload/table/plan", b"a;b\n1;2\n", &browser.token).0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(browser.get("/table/risks/none").0, StatusCode::NOT_FOUND);
}
