//! What a case costs: decided, decoded from stored events, folded.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::allegato::Impronta;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::persona::{Anagrafica, Attore, LivelloIdentita, Ruolo};
use domain::pratica::Lavora;
use domain::registro::{CODICE_REGISTRO, Protocollo};
use domain::segnalazione::{self, Command, Invia, LuogoInput};
use domain::{Caso, Ctx, Evento};
use std::hint::black_box;
use uuid::Uuid;

/// Id of the case.
const CASE: u128 = 0x0192_f00d_0000_7000_8000_0000_0000_0001;

fn ctx(ruolo: Ruolo) -> Ctx {
    let at = "2026-03-06T09:30:00Z".parse().expect("an instant");
    let protocollo = Protocollo {
        registro: CODICE_REGISTRO.to_owned(),
        anno: 2026,
        numero: 412,
        data: at,
        impronta: Impronta::from_bytes([7; 32]),
    };
    let attore = Attore {
        id: PersonaId(Uuid::from_u128(9)),
        nome: "Giulia Bianchi".into(),
        ruolo,
        livello: LivelloIdentita::L2,
        uffici: vec![CodiceUfficio::new("lavori-pubblici")],
    };
    Ctx { at, attore, protocollo: Some(protocollo) }
}

fn filing() -> Command {
    Command::Invia(Box::new(Invia {
        id: PraticaId(Uuid::from_u128(CASE)),
        autore: Anagrafica {
            nome: "Mario".into(),
            cognome: "Rossi".into(),
            codice_fiscale: Some(CodiceFiscale::parse("RSSMRA80A01H501U").expect("a codice fiscale")),
            email: Some("mario.rossi@example.org".into()),
            telefono: None,
        },
        categoria: "illuminazione".into(),
        titolo: "Lampione spento".into(),
        dettagli: "Il lampione davanti al civico 12 è spento da tre giorni.".into(),
        luogo: LuogoInput {
            indirizzo: "Via dei Tigli 12".into(),
            latitudine: Some(44.1815),
            longitudine: Some(8.2632),
        },
        allegati: Vec::new(),
        nomi_allegati: Vec::new(),
    }))
}

/// A whole case, from filing to answer.
fn history() -> Vec<Evento> {
    let mut state = None;
    let mut all = Vec::new();
    let steps = [
        (Ruolo::Cittadino, filing()),
        (Ruolo::Operatore, Command::Lavora(Lavora::PrendiInCarico)),
        (
            Ruolo::Operatore,
            Command::Lavora(Lavora::AvviaLavorazione { messaggio: Some("Interveniamo giovedì.".into()) }),
        ),
        (Ruolo::Operatore, Command::Lavora(Lavora::Concludi { messaggio: "Il lampione è stato riparato.".into() })),
    ];
    for (ruolo, command) in steps {
        for event in segnalazione::decide(&state, command, &ctx(ruolo)).expect("the step is allowed") {
            state = segnalazione::evolve(state, &event);
            all.push(event.into());
        }
    }
    all
}

fn bench(c: &mut Criterion) {
    let citizen = ctx(Ruolo::Cittadino);
    c.bench_function("decide a filing", |b| {
        b.iter(|| segnalazione::decide(&None, black_box(filing()), &citizen).expect("the filing is allowed"));
    });
    let events = history();
    let stored: Vec<_> = events.iter().map(|event| (event.kind(), event.payload())).collect();
    let mut group = c.benchmark_group("history of a case");
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("fold", |b| b.iter(|| Caso::fold(black_box(&events))));
    group.bench_function("decode and fold", |b| {
        b.iter(|| {
            let decoded: Vec<Evento> = stored
                .iter()
                .map(|(kind, payload)| Evento::decode("segnalazione", kind, payload.clone()).expect("it was encoded"))
                .collect();
            Caso::fold(&decoded)
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
