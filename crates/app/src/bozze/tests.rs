#[expect(clippy::elidable_lifetime_names, reason = "one macro writes methods that borrow and methods that do not")]
pub(crate) mod mondo;

use super::{Bozza, limits};
use crate::error::AppError;
use crate::ports::{Bozze as _, MailError};
use crate::profilo;
use domain::ids::AllegatoId;
use domain::modulo::{Indirizzo, Profilo};
use jiff::SignedDuration;
use mondo::{ENTE, Mondo, SERVIZIO, con, ora, servizio};
use serde_json::json;
use uuid::Uuid;

/// The code of the one refusal.
fn codice<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    match result {
        Err(AppError::Rifiutato(errors)) => {
            assert!(!errors[0].messaggio.starts_with("rifiuto-"), "no words for {}", errors[0].codice);
            errors[0].codice.clone()
        }
        other => panic!("not refused: {other:?}"),
    }
}

fn residenza() -> Indirizzo {
    let s = str::to_owned;
    Indirizzo { via: s("Via Roma"), civico: s("1"), cap: s("19020"), comune: s("Montelume"), provincia: s("SP") }
}

#[tokio::test]
async fn only_citizens_who_signed_in_have_drafts_and_a_profile() {
    let mondo = Mondo::nuovo().await;
    let (nessuno, operatore) = (mondo.nessuno(), mondo.operatore());
    assert!(matches!(mondo.app.bozze(&nessuno).await, Err(AppError::AccessoRichiesto)));
    assert!(matches!(mondo.app.profilo(&nessuno).await, Err(AppError::AccessoRichiesto)));
    assert_eq!(codice(mondo.app.apri_bozza(&operatore, SERVIZIO).await), "non-autorizzato");
    assert_eq!(codice(mondo.app.elimina_bozza(&operatore, Uuid::nil()).await), "non-autorizzato");
    assert_eq!(codice(mondo.app.salva_profilo(&operatore, &Profilo::default()).await), "non-autorizzato");
}

#[tokio::test]
async fn a_draft_begins_with_what_is_known() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let profilo = Profilo { residenza: Some(residenza()), ..Profilo::default() };
    mondo.app.salva_profilo(&mario, &profilo).await.unwrap();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    assert_eq!(bozza.valori["email"], "mario.rossi@example.org");
    assert_eq!(bozza.valori["casa"]["via"], "Via Roma");
    assert_eq!((bozza.passo.as_str(), bozza.privacy, bozza.servizio.versione), ("", false, 1));
    assert_eq!(bozza.scade, ora() + limits::DURATA);
    assert_eq!(mondo.app.bozza(&mario, bozza.id).await.unwrap(), Some(bozza.clone()));
    assert_eq!(mondo.app.bozze(&mario).await.unwrap(), [bozza]);
    assert_eq!(codice(mondo.app.apri_bozza(&mario, "non-esiste").await), "servizio-sconosciuto");
}

#[tokio::test]
async fn what_is_saved_is_kept_as_given_if_the_form_asks_it() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    mondo.dopo(ora(), SignedDuration::from_hours(5));
    let nuova = con(
        &bozza,
        json!({
            "email": "non è un indirizzo", "motivo": "", "sconosciuto": 1, "avviso": "x", "documenti": {"a": 1},
            "casa": { "via": "Via", "altro": [1] },
            "figli": [{ "nome": "Ada", "altro": 1 }, "no", { "nome": "Bea" }],
        }),
    );
    let nuova = Bozza { privacy: true, passo: "dati".into(), ..nuova };
    let salvata = mondo.app.salva_bozza(&mario, nuova).await.unwrap();
    let figli = json!([{ "nome": "Ada" }]);
    let attesi = json!({ "email": "non è un indirizzo", "motivo": "", "casa": { "via": "Via" }, "figli": figli });
    assert_eq!(json!(salvata.valori), attesi);
    assert_eq!((salvata.privacy, salvata.passo.as_str(), salvata.creata), (true, "dati", ora()));
    assert_eq!(salvata.scade, ora() + SignedDuration::from_hours(5) + limits::DURATA);
    assert_eq!(mondo.app.bozza(&mario, bozza.id).await.unwrap(), Some(salvata));
}

#[tokio::test]
async fn nothing_of_a_draft_or_profile_is_kept_in_the_clear() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    mondo.app.salva_bozza(&mario, con(&bozza, json!({ "motivo": "segretissimo" }))).await.unwrap();
    let profilo = Profilo { telefono: Some("3331234567".into()), ..Profilo::default() };
    mondo.app.salva_profilo(&mario, &profilo).await.unwrap();
    let persona = mario.utente.as_ref().unwrap().id;
    let draft = mondo.lavoro.bozze.draft(ENTE, persona, bozza.id, ora()).await.unwrap().unwrap();
    let profile = mondo.lavoro.bozze.profile(ENTE, persona).await.unwrap().unwrap();
    for (bytes, word) in [(draft.dati.clone(), "segretissimo"), (draft.dati, SERVIZIO), (profile.dati, "333123")] {
        assert!(!String::from_utf8(bytes).unwrap().contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_draft_is_its_persons_alone() {
    let mondo = Mondo::nuovo().await;
    let (mario, maria) = (mondo.mario(), mondo.maria());
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    assert_eq!(mondo.app.bozza(&maria, bozza.id).await.unwrap(), None);
    assert_eq!(mondo.app.bozze(&maria).await.unwrap(), []);
    assert!(matches!(mondo.app.salva_bozza(&maria, bozza.clone()).await, Err(AppError::NonTrovato)));
    assert!(!mondo.app.elimina_bozza(&maria, bozza.id).await.unwrap());
    assert_eq!(mondo.app.bozza(&mario, bozza.id).await.unwrap(), Some(bozza));
}

#[tokio::test]
async fn who_saved_on_another_device_is_not_overwritten() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    // The clock stands still: a later change is later all the same.
    let prima = mondo.app.salva_bozza(&mario, con(&bozza, json!({ "motivo": "uno" }))).await.unwrap();
    assert!(prima.aggiornata > bozza.aggiornata);
    assert_eq!(codice(mondo.app.salva_bozza(&mario, con(&bozza, json!({ "motivo": "due" }))).await), "bozza-cambiata");
    let seconda = mondo.app.salva_bozza(&mario, con(&prima, json!({ "motivo": "tre" }))).await.unwrap();
    assert_eq!(seconda.valori["motivo"], "tre");
    let altro = domain::servizio::RiferimentoServizio { codice: "altro".into(), ..seconda.servizio.clone() };
    let altro = Bozza { servizio: altro, ..seconda };
    assert_eq!(codice(mondo.app.salva_bozza(&mario, altro).await), "servizio-sconosciuto");
}

#[tokio::test]
async fn a_deleted_draft_is_gone_with_its_key() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    assert!(mondo.app.elimina_bozza(&mario, bozza.id).await.unwrap());
    assert!(!mondo.app.elimina_bozza(&mario, bozza.id).await.unwrap());
    assert!(mondo.chiave_distrutta(bozza.id));
    assert_eq!(mondo.app.bozza(&mario, bozza.id).await.unwrap(), None);
    assert!(matches!(mondo.app.salva_bozza(&mario, bozza).await, Err(AppError::NonTrovato)));
}

#[tokio::test]
async fn number_size_and_files_of_drafts_are_limited() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let mut ultima = None;
    for _ in 0..limits::BOZZE {
        ultima = Some(mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap());
    }
    assert_eq!(codice(mondo.app.apri_bozza(&mario, SERVIZIO).await), "troppe-bozze");
    let bozza = ultima.unwrap();
    let lunga = "à".repeat(limits::BYTE / 2);
    assert_eq!(
        codice(mondo.app.salva_bozza(&mario, con(&bozza, json!({ "motivo": lunga }))).await),
        "bozza-troppo-grande"
    );
    let quasi = "a".repeat(limits::BYTE - 1_000);
    let bozza = mondo.app.salva_bozza(&mario, con(&bozza, json!({ "motivo": quasi }))).await.unwrap();
    let file = |n: usize| (0..n as u128).map(|n| AllegatoId(Uuid::from_u128(n))).collect::<Vec<_>>();
    let troppi = Bozza { allegati: file(limits::FILE + 1), ..con(&bozza, json!({})) };
    assert_eq!(codice(mondo.app.salva_bozza(&mario, troppi).await), "troppi-allegati");
    let troppi: Vec<String> = file(limits::FILE + 1).iter().map(ToString::to_string).collect();
    let troppi = con(&bozza, json!({ "documenti": troppi }));
    assert_eq!(codice(mondo.app.salva_bozza(&mario, troppi).await), "troppi-allegati");
    let giusti = Bozza { allegati: file(limits::FILE), ..con(&bozza, json!({})) };
    mondo.app.salva_bozza(&mario, giusti).await.unwrap();
}

#[tokio::test]
async fn a_draft_keeps_the_files_of_its_person_alone() {
    let mondo = Mondo::nuovo().await;
    let (mario, maria) = (mondo.mario(), mondo.maria());
    let (uno, due, suo) = (mondo.carica(&mario, 1), mondo.carica(&mario, 2), mondo.carica(&maria, 3));
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    let documenti = json!({ "documenti": [due.to_string(), suo.to_string(), "no"] });
    let nuova = Bozza { allegati: vec![suo, uno], ..con(&bozza, documenti) };
    let salvata = mondo.app.salva_bozza(&mario, nuova).await.unwrap();
    assert_eq!(salvata.allegati, [uno]);
    assert_eq!(mondo.lavoro.bozze.file(), [uno, due]);
}

#[tokio::test]
async fn a_draft_goes_on_with_a_newer_form_and_says_what_changed_until_it_is_saved() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let file = mondo.carica(&mario, 1);
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    let valori = json!({ "motivo": "trasloco", "documenti": [file.to_string()], "email": "a@example.org" });
    let bozza = mondo.app.salva_bozza(&mario, con(&bozza, valori)).await.unwrap();
    let mut nuovo = servizio();
    nuovo.versione = 2;
    nuovo.modulo.passi[0].campi.retain(|campo| campo.nome != "email");
    mondo.app.pubblica_servizio(ENTE, &nuovo).await.unwrap();
    mondo.dopo(ora(), SignedDuration::from_hours(1));
    let portata = mondo.app.bozza(&mario, bozza.id).await.unwrap().unwrap();
    assert_eq!(portata.servizio.versione, 2);
    assert_eq!(json!(portata.valori), json!({ "motivo": "trasloco", "documenti": [file.to_string()] }));
    assert_eq!(portata.cambiamenti.len(), 1, "{:?}", portata.cambiamenti);
    assert_eq!(portata.scade, bozza.scade);
    assert_eq!(mondo.lavoro.bozze.file(), [file]);
    assert_eq!(mondo.app.bozza(&mario, bozza.id).await.unwrap(), Some(portata.clone()));
    // Who still has the older form open elsewhere does not bring it back.
    assert_eq!(codice(mondo.app.salva_bozza(&mario, bozza).await), "bozza-cambiata");
    let salvata = mondo.app.salva_bozza(&mario, portata).await.unwrap();
    assert!(salvata.cambiamenti.is_empty());
}

#[tokio::test]
async fn an_expired_draft_is_removed_with_its_key() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    mondo.clock.set(bozza.scade);
    assert_eq!(mondo.app.bozza(&mario, bozza.id).await.unwrap(), None);
    assert!(matches!(mondo.app.salva_bozza(&mario, bozza.clone()).await, Err(AppError::NonTrovato)));
    // The clocks of other nodes may be behind.
    assert_eq!(mondo.giro().await, (0, 0));
    assert!(!mondo.chiave_distrutta(bozza.id));
    mondo.clock.set(bozza.scade + limits::SCARTO);
    *mondo.lavoro.altrui.lock().unwrap() = true;
    assert_eq!(mondo.giro().await, (0, 0));
    *mondo.lavoro.altrui.lock().unwrap() = false;
    assert_eq!(mondo.giro().await, (1, 0));
    assert!(mondo.chiave_distrutta(bozza.id));
    assert_eq!(mondo.giro().await, (0, 0));
}

#[tokio::test]
async fn its_person_is_told_once_before_a_draft_expires_and_again_when_it_was_saved() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let bozza = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap();
    mondo.app.apri_bozza(&mondo.maria(), SERVIZIO).await.unwrap();
    mondo.clock.set(bozza.scade - limits::PREAVVISO - SignedDuration::from_secs(1));
    assert_eq!(mondo.giro().await, (0, 0));
    mondo.clock.set(bozza.scade - limits::PREAVVISO);
    *mondo.lavoro.altrui.lock().unwrap() = true;
    assert_eq!(mondo.giro().await, (0, 0));
    *mondo.lavoro.altrui.lock().unwrap() = false;
    // Maria gave no address.
    assert_eq!(mondo.giro().await, (0, 1));
    assert_eq!(mondo.giro().await, (0, 0));
    let message = mondo.postino.messaggi.lock().unwrap()[0].clone();
    assert_eq!(message.destinatario, "mario.rossi@example.org");
    assert_eq!(message.oggetto, "La bozza «Prova <delle> bozze» scade il 5 maggio 2026");
    let pagina = format!("https://montelume.example/servizi/{SERVIZIO}/richiedi/{}", bozza.id);
    assert!(message.testo.contains("Mario Rossi") && message.testo.contains(&pagina), "{}", message.testo);
    assert!(message.html.contains("Prova &lt;delle&gt; bozze") && !message.html.contains("<delle>"));
    assert!(!format!("{}{}", message.testo, message.html).contains("scadenza-bozza-"));
    let salvata = mondo.app.salva_bozza(&mario, bozza).await.unwrap();
    assert_eq!(mondo.giro().await, (0, 0));
    mondo.clock.set(salvata.scade - limits::PREAVVISO);
    // Maria's draft is over by now.
    assert_eq!(mondo.giro().await, (1, 1));
    let messages = mondo.postino.messaggi.lock().unwrap();
    assert_ne!(messages[0].id, messages[1].id);
}

#[tokio::test]
async fn a_message_that_is_not_taken_now_is_sent_later_and_one_that_never_will_is_not() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    let mut scade = ora();
    for _ in 0..=limits::GUASTI {
        scade = mondo.app.apri_bozza(&mario, SERVIZIO).await.unwrap().scade;
    }
    mondo.clock.set(scade - limits::PREAVVISO);
    let guasto = MailError::Temporary("away".into());
    *mondo.postino.errori.lock().unwrap() = vec![guasto.clone(); limits::GUASTI];
    // A server that is away is not asked for every draft.
    assert_eq!(mondo.giro().await, (0, 0));
    *mondo.postino.errori.lock().unwrap() = vec![MailError::Permanent("no such mailbox".into()), guasto];
    assert_eq!(mondo.giro().await, (0, limits::GUASTI as u64 - 1));
    assert_eq!(mondo.giro().await, (0, 1));
    assert_eq!(mondo.giro().await, (0, 0));
}

#[tokio::test]
async fn a_profile_is_replaced_deleted_with_its_key_and_made_anew() {
    let mondo = Mondo::nuovo().await;
    let mario = mondo.mario();
    assert_eq!(mondo.app.profilo(&mario).await.unwrap(), Profilo::default());
    assert!(!mondo.app.elimina_profilo(&mario).await.unwrap());
    let con_telefono = |telefono: &str| Profilo { telefono: Some(telefono.into()), ..Profilo::default() };
    for telefono in ["111", "222"] {
        mondo.app.salva_profilo(&mario, &con_telefono(telefono)).await.unwrap();
        assert_eq!(mondo.app.profilo(&mario).await.unwrap(), con_telefono(telefono));
    }
    assert_eq!(mondo.app.profilo(&mondo.maria()).await.unwrap(), Profilo::default());
    let persona = mario.utente.as_ref().unwrap().id;
    let soggetto = mondo.lavoro.bozze.profile(ENTE, persona).await.unwrap().unwrap().soggetto;
    assert!(mondo.app.elimina_profilo(&mario).await.unwrap());
    assert!(mondo.chiave_distrutta(soggetto));
    assert_eq!(mondo.app.profilo(&mario).await.unwrap(), Profilo::default());
    mondo.app.salva_profilo(&mario, &con_telefono("333")).await.unwrap();
    assert_eq!(mondo.app.profilo(&mario).await.unwrap(), con_telefono("333"));
    // A deletion that broke off between the key and the row does not stand in the way.
    let soggetto = mondo.lavoro.bozze.profile(ENTE, persona).await.unwrap().unwrap().soggetto;
    mondo.app.distruggi(ENTE, soggetto).await.unwrap();
    assert_eq!(mondo.app.profilo(&mario).await.unwrap(), Profilo::default());
    mondo.app.salva_profilo(&mario, &con_telefono("444")).await.unwrap();
    assert_eq!(mondo.app.profilo(&mario).await.unwrap(), con_telefono("444"));
    let grande = con_telefono(&"1".repeat(profilo::MAX_BYTE));
    assert_eq!(codice(mondo.app.salva_profilo(&mario, &grande).await), "profilo-troppo-grande");
}
