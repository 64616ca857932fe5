//! Who took a number, was called and did not answer: found by their numbers.

use super::agenda::TURNO;
use super::query::lotto;
use super::{AppuntamentoRow, NAME, appuntamento};
use crate::pagina::QueryError;
use crate::read_models::ReadModels;
use domain::agenda::EsitoTurno;
use domain::pratica::StatoPratica;
use jiff::civil::Date;

impl ReadModels {
    /// Bookings of days before one whose number was called and answered by nobody, in order of their start. At most
    /// [`super::MAX_LOTTO`]; those that were marked are not there the next time.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn senza_risposta(
        &self,
        ente: &str,
        prima_del: Date,
        limite: u32,
    ) -> Result<Vec<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let (case, number) = (view.table_of(NAME, appuntamento::TABLE)?, view.table_of(NAME, TURNO)?);
        let mut sql = view.select("*", appuntamento::TABLE);
        sql.push(" AND stato = ").bind(StatoPratica::PresaInCarico.as_str());
        sql.push(" AND giorno < ").bind(prima_del);
        // The number of a booking is one row: its office and day are those of the booking, which moves no more.
        let same = |column: &str| format!("{number}.{column} = {case}.{column}");
        let own = ["ente", "ufficio", "giorno", "turno"].map(same).join(" AND ");
        sql.push(&format!(" AND EXISTS (SELECT 1 FROM {number} WHERE {own} AND {number}.esito = "));
        sql.bind(EsitoTurno::Assente.as_str()).push(")");
        sql.push(&format!(" ORDER BY inizio, id LIMIT {}", lotto(limite)));
        view.all(sql, appuntamento::read).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::Visita;
    use super::*;
    use crate::kit::{ALTRO, ENTE, World, on_both};
    use domain::agenda::TurnoConcluso;
    use domain::ids::PraticaId;

    async fn nobody(world: &World, visita: &Visita, turno: u16) {
        let event = TurnoConcluso { turno, il: world.now(), esito: EsitoTurno::Assente };
        world.on_agenda(ENTE, visita, event).await;
    }

    async fn only_who_did_not_answer_last_is_found_from_the_next_day_on(world: World) {
        let visite = [1, 2, 3, 4].map(|n| Visita { titolare: n, ..Visita::new(1, "2026-03-10T08:00:00Z") });
        let mut ids: Vec<PraticaId> = Vec::new();
        for (n, visita) in (1..).zip(&visite) {
            let id = world.book(ENTE, visita).await;
            world.arrive(ENTE, visita, n, Some(id)).await;
            ids.push(id);
        }
        // The first waits, the second is at the desk, the third did not answer, the fourth neither and came back.
        for (n, visita) in (2..).zip(&visite[1..]) {
            world.call(ENTE, visita, n, Some(ids[usize::from(n) - 1])).await;
        }
        nobody(&world, &visite[2], 3).await;
        nobody(&world, &visite[3], 4).await;
        world.call(ENTE, &visite[3], 4, Some(ids[3])).await;
        let models = world.models().await;
        models.catch_up().await.unwrap();
        let (giorno, next) = (visite[0].giorno(), visite[0].giorno().tomorrow().unwrap());
        let found = async |ente: &str, day, limit| {
            models.senza_risposta(ente, day, limit).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(found(ENTE, giorno, 10).await, []);
        assert_eq!(found(ENTE, next, 10).await, [ids[2]]);
        assert_eq!(found(ALTRO, next, 10).await, []);
        nobody(&world, &visite[3], 4).await;
        models.catch_up().await.unwrap();
        assert_eq!(found(ENTE, next, u32::MAX).await, [ids[2], ids[3]]);
        assert_eq!(found(ENTE, next, 1).await.len(), 1);
        let il = world.now();
        world.on_case(ENTE, 3, ids[2], domain::appuntamento::MancataPresentazione { pratica: ids[2], il }).await;
        models.catch_up().await.unwrap();
        assert_eq!(found(ENTE, next, 10).await, [ids[3]]);
    }

    on_both!(only_who_did_not_answer_last_is_found_from_the_next_day_on);
}
