//! What only PostgreSQL can show: several nodes, and servers that stop, hang or fill up. Runs once, whatever engine the
//! other tests run on.

mod crash;
mod nodes;
mod outage;
mod standby;
mod transfer;
