//! Copies beside a running service, and a service that starts on one.

use crate::support::log::{PRIMO, numeri};
use crate::support::{Data, Server, chiave, foto, impronta, program, sportello};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The script that an operator may read as the steps to take.
fn restore(data: &Path, restored: &Path) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("restore.sh");
    let output = Command::new("bash")
        .arg(script)
        .arg(program())
        .arg(data)
        .arg(data.join("master.key"))
        .arg(restored)
        .output()
        .expect("bash runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_is_a_whole_installation() {
    let data = Data::sqlite();
    let server = Server::start_with(&data, &[]);
    let api = server.api("cittadino");
    let photo = foto(3, 50_000);
    let allegato: serde_json::Value =
        api.carica("lampione.jpg", "image/jpeg", photo.clone()).await.json().await.unwrap();
    let mut input = crate::support::segnalazione(&chiave("allegato"), "Lampione con foto");
    input["allegati"] = json!([allegato["id"]]);
    let filed = api.try_segnala(input).await;
    assert_eq!(filed["errori"], json!([]), "{filed:#}");
    let answered_before = numeri(&data, PRIMO).await.len();

    // Citizens go on filing while the copy is made.
    let stop = Arc::new(AtomicBool::new(false));
    let clients: tokio::task::JoinSet<usize> = (0..4)
        .map(|client| {
            let (api, stop) = (api.clone(), stop.clone());
            async move {
                let mut filed = 0;
                while !stop.load(Ordering::Relaxed) {
                    api.segnala(&format!("copia-{client}-{filed}"), "Buca in strada").await;
                    filed += 1;
                }
                filed
            }
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("nuovo");
    let (from, to) = (data.path().to_owned(), target.clone());
    let (success, said) = tokio::task::spawn_blocking(move || restore(&from, &to)).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    let filed_meanwhile: usize = clients.join_all().await.into_iter().sum();
    assert!(success, "{said}");
    assert!(said.contains("The master key is not in the copy"), "{said}");
    assert!(filed_meanwhile > 0, "nobody filed meanwhile");
    assert!(server.stop());

    let restored = Data::folder(&target);
    restored.assert_clean();
    let (copied, whole) = (numeri(&restored, PRIMO).await, numeri(&data, PRIMO).await);
    assert!(copied.len() >= answered_before, "{} of {answered_before}", copied.len());
    assert_eq!(copied[..], whole[..copied.len()]);

    let server = Server::start(&restored);
    let api = server.api("cittadino");
    let pratica = api.pratica(filed["pratica"]["id"].as_str().unwrap()).await;
    assert_eq!(pratica["allegati"][0]["impronta"], impronta(&photo), "{pratica:#}");
    let url = pratica["allegati"][0]["url"].as_str().unwrap();
    let url = if url.starts_with('/') { format!("{}{url}", server.url) } else { url.to_owned() };
    let bytes = api.http.get(url).bearer_auth(server.token("cittadino")).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(impronta(&bytes), impronta(&photo), "the file is there too");
    api.segnala(&chiave("dopo"), "La vita continua").await;
    assert_eq!(numeri(&restored, PRIMO).await.len(), copied.len() + 1);
    assert!(server.stop());
}

#[tokio::test]
async fn a_copy_needs_a_log_and_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let backup = |data: &str, to: &str| sportello(&["backup", "--data", &path(data), "--to", &path(to)]);
    let (success, said) = backup("niente", "copia");
    assert!(!success && said.contains("pg_basebackup"), "{said}");

    let data = Data::folder(&folder.path().join("dati"));
    assert!(Server::start(&data).stop());
    std::fs::create_dir(path("piena")).unwrap();
    std::fs::write(path("piena/file"), "x").unwrap();
    let (success, said) = backup("dati", "piena");
    assert!(!success && said.contains("not empty"), "{said}");
    let (success, said) = backup("dati", "copia");
    assert!(success, "{said}");
    let (success, said) = backup("dati", "copia");
    assert!(!success && said.contains("not empty"), "{said}");
}

/// What is damaged is not taken for a copy.
#[tokio::test]
async fn a_damaged_log_is_found_while_it_is_copied() {
    let data = Data::sqlite();
    let server = Server::start(&data);
    server.api("cittadino").segnala("danno", "Lampione spento").await;
    assert!(server.stop());
    let conn = rusqlite::Connection::open(data.path().join("registro.db")).unwrap();
    conn.execute_batch("DROP TRIGGER event_is_never_updated; UPDATE event SET kind = 'Altro' WHERE position = 1")
        .unwrap();
    drop(conn);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copia");
    let (success, said) = data_backup(&data, &to);
    assert!(!success && said.contains("position 1"), "{said}");
    assert!(!to.join("registro.db").exists(), "no service starts on it");
}

fn data_backup(data: &Data, to: &Path) -> (bool, String) {
    sportello(&["backup", "--data", data.path().to_str().expect("UTF-8"), "--to", to.to_str().expect("UTF-8")])
}
