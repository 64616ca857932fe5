//! SQLite files belong to one process.

use crate::support::{Data, Server, sportello};

#[tokio::test]
async fn a_second_process_on_the_same_folder_is_turned_away() {
    let data = Data::sqlite();
    let server = Server::start(&data);
    let folder = data.path().to_str().unwrap();
    for args in [
        vec!["demo", "--listen", "127.0.0.1:0", "--json", "--empty", "--data", folder],
        vec!["rebuild", "--data", folder],
    ] {
        let (success, said) = sportello(&args);
        let pid = format!("pid {}", server.pid());
        assert!(!success && said.contains(&pid) && said.contains(folder), "{args:?}: {said}");
    }
    // Looking at the log from outside is no second writer.
    data.assert_clean();
    server.api("cittadino").segnala("dopo", "Panchina rotta").await;
    assert!(server.stop());
    data.assert_clean();
}
