use super::*;
use crate::Ctx;
use crate::spec::{Case, Decider, Istanza, Lettera, Segnalazione, citizen, given};

fn at_level(livello: LivelloIdentita) -> Ctx {
    let mut ctx = citizen();
    ctx.attore.livello = livello;
    ctx
}

fn check<D: Case>() {
    given::<D>(&[]).when(D::filing(), &at_level(LivelloIdentita::L1)).then_refused(&[("", "livello-identita")]);
    for level in [LivelloIdentita::L2, LivelloIdentita::L3] {
        assert_eq!(given::<D>(&[]).when(D::filing(), &at_level(level)).events().len(), 3);
    }
}

#[test]
fn who_is_identified_at_level_one_cannot_file() {
    check::<Segnalazione>();
    check::<Lettera>();
    check::<Istanza>();
}

#[test]
fn the_refusal_names_the_level_that_is_needed() {
    let ctx = at_level(LivelloIdentita::L1);
    let Err(refused) = Lettera::decide(&None, Lettera::filing(), &ctx) else { panic!("accepted") };
    assert_eq!(refused, Refusal::whole("livello-identita").with("minimo", 2).into());
    assert_eq!(richiede_livello(&ctx.attore, LivelloIdentita::L1), Ok(()));
}

#[test]
fn levels_are_numbers_from_one_to_three() {
    for level in [LivelloIdentita::L1, LivelloIdentita::L2, LivelloIdentita::L3] {
        assert_eq!(LivelloIdentita::try_from(u8::from(level)), Ok(level));
        assert_eq!(serde_json::to_value(level).unwrap(), serde_json::json!(u8::from(level)));
    }
    for level in [0u8, 4, 255] {
        assert!(LivelloIdentita::try_from(level).is_err(), "{level}");
        assert!(serde_json::from_value::<LivelloIdentita>(level.into()).is_err(), "{level}");
    }
}
