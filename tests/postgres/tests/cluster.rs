//! Clusters do what tests of failures ask of them.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use test_postgres::{Cluster, Options, Stop};

/// Set where a test runs itself in order to be killed.
const INNER: &str = "SPORTELLO_TEST_INNER";

fn cluster() -> Cluster {
    Cluster::start_new(&Options::default()).expect("a cluster")
}

fn query(cluster: &Cluster, sql: &str) -> Vec<String> {
    cluster.query("postgres", sql)
}

/// What a query says within a second, or nothing.
fn within_a_second(cluster: &Cluster) -> bool {
    let mut psql = Command::new("timeout")
        .args(["1", "psql", &format!("{}/postgres", cluster.url()), "-Atc", "SELECT 1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql starts");
    psql.wait().expect("it ends").success()
}

fn folder(cluster: &Cluster) -> PathBuf {
    query(cluster, "SHOW unix_socket_directories")[0].clone().into()
}

#[test]
fn what_was_committed_outlives_each_way_to_stop() {
    let mut cluster = cluster();
    assert_eq!(query(&cluster, "SHOW fsync"), ["on"]);
    query(&cluster, "CREATE TABLE t (n int)");
    let ways: [fn(&mut Cluster); 3] = [|c| c.stop(Stop::Fast), |c| c.stop(Stop::Immediate), Cluster::kill];
    for (i, stop) in ways.into_iter().enumerate() {
        query(&cluster, "INSERT INTO t VALUES (1)");
        let url = cluster.url();
        stop(&mut cluster);
        assert!(!within_a_second(&cluster));
        cluster.start();
        assert_eq!(cluster.url(), url);
        assert_eq!(query(&cluster, "SELECT count(*) FROM t"), [(i + 1).to_string()]);
    }
}

#[test]
fn a_paused_cluster_does_not_answer_until_it_goes_on() {
    let cluster = cluster();
    cluster.pause();
    assert!(!within_a_second(&cluster));
    cluster.resume();
    assert_eq!(query(&cluster, "SELECT 1"), ["1"]);
    // Dropped while it stands still: it ends all the same.
    cluster.pause();
}

#[test]
fn files_that_may_not_grow_are_a_full_disk() {
    let cluster = Cluster::start_new(&Options { small_files: true, ..Options::default() }).expect("a cluster");
    query(&cluster, "CREATE TABLE t (x text)");
    cluster.limit_files(Some((1 << 21) + 4096));
    let fill = "DO $$ BEGIN INSERT INTO t SELECT repeat(md5(n::text), 30) FROM generate_series(1, 10000) n;
        EXCEPTION WHEN disk_full THEN RAISE NOTICE 'full'; END $$";
    query(&cluster, fill);
    assert_eq!(query(&cluster, "SELECT count(*) FROM t"), ["0"]);
    cluster.limit_files(None);
    query(&cluster, fill);
    assert_eq!(query(&cluster, "SELECT count(*) FROM t"), ["10000"]);
}

#[test]
fn a_standby_has_every_commit_and_takes_over() {
    let mut primary = cluster();
    let mut standby = primary.standby().expect("a standby");
    query(&primary, "CREATE TABLE t AS SELECT 7 AS n");
    assert_eq!(query(&standby, "SELECT pg_is_in_recovery()"), ["t"]);
    primary.kill();
    standby.promote();
    assert_eq!(query(&standby, "UPDATE t SET n = n + 1 RETURNING n"), ["8"]);
}

#[test]
fn italian_order_is_not_that_of_bytes() {
    let sql = "SELECT string_agg(x, '' ORDER BY x) FROM (VALUES ('a'), ('B'), ('c')) AS v(x)";
    assert_eq!(query(&cluster(), sql), ["Bac"]);
    let italian = Cluster::start_new(&Options { italian: true, ..Options::default() }).expect("a cluster");
    assert_eq!(query(&italian, sql), ["aBc"]);
}

#[test]
fn nothing_is_left_of_a_cluster_however_its_test_ends() {
    let cluster = cluster();
    let here = folder(&cluster);
    assert!(here.exists());
    if std::env::var_os(INNER).is_some() {
        println!("\nfolder={}", here.display());
        std::thread::sleep(Duration::from_mins(1));
    }
    drop(cluster);
    assert!(!here.exists());

    // This test again in a process of its own, which is killed while its cluster runs.
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "nothing_is_left_of_a_cluster_however_its_test_ends", "--nocapture"])
        .env(INNER, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = std::io::BufReader::new(child.stdout.take().unwrap());
    let line = std::io::BufRead::lines(output)
        .map_while(Result::ok)
        .find_map(|l| l.split_once("folder=").map(|l| l.1.to_owned()));
    let left = PathBuf::from(line.expect("it says where it is"));
    assert!(left.join("data/postmaster.pid").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    while left.exists() {
        assert!(Instant::now() < deadline, "{} is still there", left.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}
