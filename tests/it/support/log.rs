//! The stored log, looked at from outside with a driver of our own.

use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Code of the first town.
pub const PRIMO: &str = "c_x901";
/// Code of the second town.
pub const SECONDO: &str = "c_x902";

fn open(data: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(data.join("registro.db"), flags).expect("the log opens");
    conn.busy_timeout(std::time::Duration::from_secs(10)).expect("it waits");
    conn
}

/// Numbers given out to a town, over all years, in order.
pub fn numeri(data: &Path, ente: &str) -> Vec<u64> {
    let conn = open(data);
    let mut rows = conn
        .prepare("SELECT numero FROM registro_numero WHERE ente = ?1 ORDER BY anno, numero")
        .expect("the log has its tables");
    let numbers = rows.query_map([ente], |row| row.get::<_, i64>(0)).expect("it is read");
    numbers.map(|number| number.expect("a number").try_into().expect("not negative")).collect()
}

/// Facts of a town without the audit of sign-ins and denials, which are facts of their own.
pub fn fatti(data: &Path, ente: &str) -> u64 {
    let sql = "SELECT count(*) FROM event WHERE ente = ?1 AND stream NOT LIKE 'accesso%' AND kind NOT LIKE 'Notifica%'";
    let count: i64 = open(data).query_row(sql, [ente], |row| row.get(0)).expect("it is counted");
    count.try_into().expect("not negative")
}

/// The numbers of a town are 1 to n.
#[track_caller]
pub fn assert_dense(data: &Path, ente: &str, n: u64) {
    assert_eq!(numeri(data, ente), (1..=n).collect::<Vec<_>>());
}
