//! What is handed out is what was filed, byte for byte: its hash is the one in the register.

use crate::support::pages::Browser;
use crate::support::{Data, Server, foto, impronta, segnalazione};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Names as senders give them, and what is kept of them.
const NAMES: [(&str, &str); 4] = [
    ("../../../etc/passwd.jpg", "passwd.jpg"),
    ("C:\\Utenti\\Mario\\perché no?.jpg", "perché no.jpg"),
    ("..jpg", "jpg"),
    ("\u{202e}gpj.<script>.jpg", "gpj.script.jpg"),
];

struct Scene {
    data: Data,
    server: Server,
    pratica: Value,
}

/// A report with a photo for each of the names.
async fn filed() -> Scene {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    let mut ids = Vec::new();
    for (seed, (nome, _)) in NAMES.iter().enumerate() {
        let answer = api.carica(nome, "image/jpeg", foto(seed as u8, 50_000)).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{nome}");
        ids.push(answer.json::<Value>().await.expect("JSON")["id"].clone());
    }
    let mut input = segnalazione("scarico", "Lampione spento");
    input["allegati"] = json!(ids);
    let payload = api.try_segnala(input).await;
    assert_eq!(payload["errori"], json!([]), "{payload:#}");
    let pratica = api.pratica(payload["pratica"]["id"].as_str().expect("an id")).await;
    Scene { data, server, pratica }
}

/// Everything of the case is downloaded, as its citizen and as the office, and hashed.
async fn assert_downloads(server: &Server, pratica: &Value) {
    for persona in ["cittadino", "operatore"] {
        let mut browser = Browser::sign_in(server, persona).await;
        let documento = browser.get(pratica["documento"]["url"].as_str().expect("an address")).await;
        assert_eq!(documento.status, StatusCode::OK, "{}", documento.text());
        assert_eq!(impronta(&documento.bytes), pratica["protocollo"]["impronta"], "the primary document");
        assert_eq!(documento.formato, "application/json");
        let content: Value = serde_json::from_slice(&documento.bytes).expect("the document is JSON");
        assert!(content.to_string().contains("Via dei Tigli 12"), "{content:#}");
        let allegati = pratica["allegati"].as_array().expect("a list");
        assert_eq!(allegati.len(), NAMES.len());
        for (seed, allegato) in allegati.iter().enumerate() {
            let url = allegato["url"].as_str().expect("an address");
            let file = browser.get(url).await;
            assert_eq!(file.status, StatusCode::OK, "{url}: {}", file.text());
            assert_eq!(file.bytes, foto(seed as u8, 50_000), "{url}");
            assert_eq!(impronta(&file.bytes), allegato["impronta"]);
            assert_eq!(file.formato, "image/jpeg");
        }
    }
}

/// Rule 6: after the read models were built again, everything hashes to what was registered.
#[tokio::test]
async fn documents_and_files_hash_to_the_register_after_a_rebuild() {
    let Scene { data, server, pratica } = filed().await;
    assert_downloads(&server, &pratica).await;
    let register = |api: crate::support::Api, anno: Value| async move {
        let query = "query($anno: Int!) { registrazione(anno: $anno, numero: 1) {
            protocollo { impronta } allegati { nome impronta dimensione formato } } }";
        api.data(query, json!({ "anno": anno })).await["registrazione"].clone()
    };
    let anno = pratica["protocollo"]["anno"].clone();
    let entry = register(server.api("protocollo"), anno.clone()).await;
    assert_eq!(entry["protocollo"]["impronta"], pratica["protocollo"]["impronta"]);
    for (seed, file) in entry["allegati"].as_array().unwrap().iter().enumerate() {
        assert_eq!(file["impronta"], impronta(&foto(seed as u8, 50_000)));
        assert_eq!(file["dimensione"], 50_000);
    }
    assert!(server.stop());
    let (success, said) = data.sportello(&["rebuild"]);
    assert!(success, "{said}");
    let server = Server::start(&data);
    assert_eq!(register(server.api("protocollo"), anno).await, entry);
    assert_downloads(&server, &pratica).await;
}

#[tokio::test]
async fn names_of_files_lead_nowhere_else() {
    let Scene { data, server, pratica } = filed().await;
    let names: Vec<&str> =
        pratica["allegati"].as_array().unwrap().iter().map(|a| a["nome"].as_str().unwrap()).collect();
    for (name, (_, clean)) in names.iter().zip(NAMES) {
        assert_eq!(*name, clean);
        assert!(!name.contains(['/', '\\', '"', '<', '>', ':', '?', '*', '|']) && !name.starts_with('.'), "{name}");
    }
    assert!(!data.path().parent().unwrap().join("etc").exists());
    // As a download the name stays a name, and the browser is told not to guess.
    let mut browser = Browser::sign_in(&server, "cittadino").await;
    let id = pratica["id"].as_str().unwrap();
    for path in [
        format!("/pratiche/{id}/allegati/99"),
        format!("/pratiche/{id}/allegati/..%2f..%2fmaster.key"),
        format!("/pratiche/{id}/allegati/-1"),
        "/pratiche/..%2f..%2fmaster.key/documento".to_owned(),
    ] {
        let status = browser.get(&path).await.status;
        assert!(status.is_client_error(), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_file_changed_on_the_disk_is_not_passed_off_as_the_registered_one() {
    let Scene { data, server, .. } = filed().await;
    let api = server.api("cittadino");
    let mut browser = Browser::sign_in(&server, "cittadino").await;
    // A small file is refused; a large one breaks off before its end.
    for (seed, bytes) in [(91, 50_000), (92, 5_000_000)] {
        let answer: Value = api.carica("foto.jpg", "image/jpeg", foto(seed, bytes)).await.json().await.unwrap();
        let mut input = segnalazione(&format!("guasta-{seed}"), "Lampione spento");
        input["allegati"] = json!([answer["id"]]);
        let payload = api.try_segnala(input).await;
        let pratica = api.pratica(payload["pratica"]["id"].as_str().unwrap()).await;
        let url = pratica["allegati"][0]["url"].as_str().unwrap();
        assert_eq!(browser.get(url).await.bytes.len(), bytes);

        let id = answer["id"].as_str().unwrap();
        let path = find(&data.path().join("documenti"), id).expect("the file is stored under its id");
        let mut changed = std::fs::read(&path).expect("it is sealed, and there");
        let at = changed.len() - 1_000;
        changed[at] ^= 1;
        std::fs::write(&path, changed).unwrap();
        let answer = browser.try_get(url).await;
        let whole = answer.as_ref().is_some_and(|page| page.status == StatusCode::OK);
        assert!(!whole, "a changed file was handed out as if it were the registered one");
        let told = answer.is_some_and(|page| page.status == StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(told, bytes < 64 * 1024, "{bytes} bytes");
    }
    // What is registered is known as before.
    assert_eq!(browser.get("/area-personale").await.status, StatusCode::OK);
}

/// The file of an id, wherever below a folder.
fn find(folder: &std::path::Path, id: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find_map(|path| if path.is_dir() { find(&path, id) } else { path.ends_with(id).then_some(path) })
}
