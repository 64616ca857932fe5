use eventstore::archive::{LogReader, LogWriter};
use eventstore::contract::Filing;
use eventstore::stretch::Sound;
use eventstore::transfer::Stretch;
use eventstore::SystemClock;
use eventstore_sql::*;
use std::sync::Arc;
use std::time::Instant;

async fn open(url: &str) -> Arc<dyn Engine> {
    url.parse::<Database>().unwrap().open_log(Arc::new(SystemClock), Sizes::default()).await.unwrap()
}
async fn filings(index: bool, n: usize) -> f64 {
    let folder = tempfile::tempdir_in("/work/main/target").unwrap();
    let store = open(&format!("sqlite:{}", folder.path().display())).await;
    if !index {
        rusqlite::Connection::open(folder.path().join("registro.db")).unwrap().execute_batch("DROP INDEX idempotency_place").unwrap();
    }
    let begun = Instant::now();
    let tasks: Vec<_> = (0..256).map(|c| { let store = store.clone(); tokio::spawn(async move {
        for i in 0..n / 256 {
            let f = Filing::new(&format!("segnalazione-{c}-{i}-019abc00-0000-7000-8000")).keyed(&format!("019abc00-0000-7000-8000-{c}:{i}-chiave-del-browser"), 1);
            store.append_registered("c_x901", Arc::new(f)).await.unwrap();
        }
    })}).collect();
    for t in tasks { t.await.unwrap(); }
    (n / 256 * 256) as f64 / begun.elapsed().as_secs_f64()
}
#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "index" {
        for _ in 0..5 { for index in [true, false] { println!("index {index}: {:.0}/s", filings(index, 50_000).await); } }
        return;
    }
    let source = open(&args[1]).await;
    let (mut all, mut after) = (Vec::<Stretch>::new(), 0);
    let begun = Instant::now();
    loop {
        let s = source.read_stretch("c_x901", after, 5000).await.unwrap();
        let Some(l) = s.records.last() else { break };
        after = l.position;
        all.push(s);
        if after >= 200_000 { break; }
    }
    let n = after as f64;
    println!("read: {n} records, {:.0}/s", n / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let sounds: Vec<_> = all.iter().map(|s| Sound::check("c_x901", s.clone()).unwrap()).collect();
    println!("check: {:.0}/s", n / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let mut w = LogWriter::create(Vec::new(), "c_x901").unwrap();
    for s in &sounds { w.stretch(s).unwrap(); }
    let bytes = w.finish().unwrap();
    println!("file write: {:.0}/s, {} MB", n / begun.elapsed().as_secs_f64(), bytes.len() >> 20);
    let begun = Instant::now();
    let mut r = LogReader::open(&bytes[..]).unwrap();
    while r.stretch().unwrap().is_some() {}
    println!("file read+verify: {:.0}/s", n / begun.elapsed().as_secs_f64());
    for url in &args[2..] {
        let target = open(url).await;
        let begun = Instant::now();
        for s in &all { target.write_stretch("c_x901", s.clone()).await.unwrap(); }
        println!("write {}: {:.0}/s", url.parse::<Database>().unwrap(), n / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let mut after = 0;
        while (after as f64) < n { after = target.read_stretch("c_x901", after, 5000).await.unwrap().records.last().unwrap().position; }
        println!("read {}: {:.0}/s", url.parse::<Database>().unwrap(), n / begun.elapsed().as_secs_f64());
        target.close().await;
    }
}
