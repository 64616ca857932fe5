use crate::FiltroAudit;
use crate::kit::{Caso, ENTE, World, on_both, prima};
use domain::pratica::TipoPratica;
use eventstore::EventStore;

async fn the_trail_holds_every_record_and_its_chain(world: World) {
    world.histories().await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let records = world.store.read_all(ENTE, 0, 5_000).await.unwrap();
    let mut pagina = prima(7);
    let mut rows = Vec::new();
    loop {
        let page = models.audit(ENTE, &FiltroAudit::default(), pagina).await.unwrap();
        assert_eq!(page.totale, records.len() as u64);
        let next = page.prossima();
        rows.extend(page.righe);
        match next {
            Some(dopo) => pagina.dopo = Some(dopo),
            None => break,
        }
    }
    rows.reverse();
    assert_eq!(rows.len(), records.len());
    let mut hash = "0".repeat(64);
    for (row, record) in rows.iter().zip(&records) {
        assert_eq!((row.posizione, row.event_id, &row.stream), (record.position, record.event_id, &record.stream));
        assert_eq!((row.versione, row.quando), (record.version, record.recorded_at));
        assert_eq!(row.prev_hash, hash);
        hash.clone_from(&row.hash);
        assert_eq!((row.livello, row.canale.as_str(), row.ruolo.as_str()), (Some(2), "portale", "cittadino"));
    }
}

async fn filters_hold_together(world: World) {
    let caso = Caso::new(TipoPratica::Segnalazione, 1, "Buca", "lavori-pubblici");
    let id = world.file(ENTE, &caso).await;
    world.histories().await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let total = async |filtro: FiltroAudit| models.audit(ENTE, &filtro, prima(2)).await.unwrap().totale;
    assert_eq!(total(FiltroAudit { stream: Some(caso.tipo.stream(id)), ..FiltroAudit::default() }).await, 3);
    let entries = FiltroAudit { prefisso: Some("registro-".into()), ..FiltroAudit::default() };
    assert_eq!(total(entries.clone()).await, 17);
    assert_eq!(total(FiltroAudit { evento: Some("SegnalazioneInviata".into()), ..entries }).await, 0);
    assert_eq!(total(FiltroAudit { prefisso: Some("registr_-".into()), ..FiltroAudit::default() }).await, 0);
    assert_eq!(total(FiltroAudit { evento: Some("RicevutaEmessa".into()), ..FiltroAudit::default() }).await, 13);
    assert_eq!(total(FiltroAudit { attore: Some("nessuno".into()), ..FiltroAudit::default() }).await, 0);
}

on_both!(the_trail_holds_every_record_and_its_chain, filters_hold_together,);
