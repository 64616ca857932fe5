//! Checks what fields say about each other: conditions, formulas and rules.

use super::Controllo;
use crate::modulo::condizione::{Condizione, Confronto, Letterale, Operando};
use crate::modulo::decimale::Decimale;
use crate::modulo::formula::{Addendo, Formula};
use crate::modulo::giorno::Giorno;
use crate::modulo::limiti;
use crate::modulo::lingua::{Campo, Modulo, Regola, Tipo, TipoCampo};

/// The fields a condition or formula may look at.
struct Vista<'a> {
    modulo: &'a Modulo,
    /// Fields of the form that come before, in order.
    prima: Vec<&'a Campo>,
    /// Fields of the same item that come before, in order.
    voce: Vec<&'a Campo>,
    /// Fields of the same group, all.
    gruppo: &'a [Campo],
}

impl<'a> Vista<'a> {
    /// The field of a name, or why it cannot be looked at.
    fn cerca(&self, nome: &str) -> Result<&'a Campo, (&'static str, String)> {
        let find = |campi: &[&'a Campo]| campi.iter().find(|campo| campo.nome == nome).copied();
        if let Some(campo) = find(&self.voce) {
            return Ok(campo);
        }
        let later = || ("dopo", format!("«{nome}» viene dopo: si può guardare solo ai campi che vengono prima."));
        if self.gruppo.iter().any(|campo| campo.nome == nome) {
            return Err(later());
        }
        match find(&self.prima) {
            Some(campo) => Ok(campo),
            None if self.modulo.campo(nome).is_some() => Err(later()),
            None => Err(("campo-sconosciuto", format!("Nel modulo non c'è un campo «{nome}»."))),
        }
    }
}

/// Checks every `se` and every formula of a form.
pub(super) fn controlla(percorso: &str, modulo: &Modulo, c: &mut Controllo) {
    let mut vista = Vista { modulo, prima: Vec::new(), voce: Vec::new(), gruppo: &[] };
    for (p, passo) in modulo.passi.iter().enumerate() {
        for (index, campo) in passo.campi.iter().enumerate() {
            let dove = format!("{percorso}.passi[{p}].campi[{index}]");
            controlla_campo(&dove, campo, &vista, c);
            vista.gruppo = campo.campi();
            for (index, interno) in campo.campi().iter().enumerate() {
                controlla_campo(&format!("{dove}.campi[{index}]"), interno, &vista, c);
                vista.voce.push(interno);
            }
            vista.voce.clear();
            vista.gruppo = &[];
            vista.prima.push(campo);
        }
    }
}

fn controlla_campo(dove: &str, campo: &Campo, vista: &Vista<'_>, c: &mut Controllo) {
    if let Some(se) = &campo.se {
        condizione(&format!("{dove}.se"), se, vista, c);
    }
    if let TipoCampo::Calcolo { formula, .. } = &campo.tipo {
        self::formula(&format!("{dove}.formula"), &campo.nome, formula, vista, c);
    }
}

fn condizione(dove: &str, condizione: &Condizione, vista: &Vista<'_>, c: &mut Controllo) {
    if profondita(condizione, 0) > limiti::PROFONDITA {
        c.trova(dove, "profondita", "La condizione è troppo annidata: al massimo cinque livelli.");
        return;
    }
    let mut count = 0;
    condizione.visita(&mut |nome, confronto| {
        count += 1;
        if count <= limiti::CONFRONTI {
            self::confronto(dove, nome, confronto, vista, c);
        }
    });
    if count > limiti::CONFRONTI {
        c.trova(dove, "quanti", "La condizione è troppo lunga: al massimo venti confronti.");
    }
    if count == 0 {
        c.trova(dove, "vuota", "La condizione non chiede niente: toglierla o completarla.");
    }
}

/// How deep a condition is; stops one beyond the limit.
fn profondita(condizione: &Condizione, livello: usize) -> usize {
    if livello > limiti::PROFONDITA {
        return livello;
    }
    match condizione {
        Condizione::Campo { .. } => livello,
        Condizione::Tutte(parti) | Condizione::AlmenoUna(parti) => {
            parti.iter().map(|parte| profondita(parte, livello + 1)).max().unwrap_or(livello)
        }
        Condizione::Non(parte) => profondita(parte, livello + 1),
    }
}

/// What values of a type can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Genere {
    Testo,
    Numero,
    Data,
    Logico,
    Scelte,
    /// Only whether it is there.
    Presenza,
}

fn genere(campo: &Campo) -> Genere {
    match campo.tipo.tipo() {
        Tipo::Numero | Tipo::Importo | Tipo::Calcolo => Genere::Numero,
        Tipo::Data => Genere::Data,
        Tipo::Casella | Tipo::Dichiarazione => Genere::Logico,
        Tipo::Scelte => Genere::Scelte,
        Tipo::Indirizzo | Tipo::Allegato | Tipo::Gruppo | Tipo::Nota => Genere::Presenza,
        _ => Genere::Testo,
    }
}

fn confronto(dove: &str, nome: &str, confronto: &Confronto, vista: &Vista<'_>, c: &mut Controllo) {
    let campo = match vista.cerca(nome) {
        Ok(campo) => campo,
        Err((codice, messaggio)) => return c.trova(dove, codice, messaggio),
    };
    if campo.tipo == TipoCampo::Nota {
        return c.trova(dove, "tipo", format!("«{nome}» è una nota: non ha un valore."));
    }
    let genere = genere(campo);
    match confronto {
        Confronto::Presente(_) => {}
        Confronto::Contiene(valore) if genere == Genere::Scelte => letterale(dove, campo, valore, c),
        Confronto::Contiene(_) => {
            c.trova(dove, "tipo", format!("«contiene» vale per un campo scelte, e «{nome}» non lo è."));
        }
        _ if matches!(genere, Genere::Scelte | Genere::Presenza) => {
            let uso = if genere == Genere::Scelte { "contiene o presente" } else { "presente" };
            c.trova(dove, "tipo", format!("«{nome}» si guarda solo con {uso}."));
        }
        _ if confronto.di_ordine() && !matches!(genere, Genere::Numero | Genere::Data) => {
            c.trova(
                dove,
                "tipo",
                format!("Prima e dopo, più e meno valgono per numeri, importi e date: «{nome}» non lo è."),
            );
        }
        Confronto::In(valori) if valori.is_empty() || valori.len() > limiti::OPZIONI => {
            c.trova(dove, "quanti", "«in» ha da 1 a 60 valori.");
        }
        Confronto::In(valori) => valori.iter().for_each(|valore| letterale(dove, campo, valore, c)),
        altro => match altro.operando() {
            Some(Operando::Valore(valore)) => letterale(dove, campo, valore, c),
            Some(Operando::Campo(riferimento)) => match vista.cerca(&riferimento.campo) {
                Err((codice, messaggio)) => c.trova(dove, codice, messaggio),
                Ok(altro) if self::genere(altro) == genere => {}
                Ok(altro) => {
                    c.trova(
                        dove,
                        "tipo",
                        format!("«{nome}» e «{}» sono di tipo diverso: non si confrontano.", altro.nome),
                    );
                }
            },
            None => {}
        },
    }
}

/// Whether a literal can be a value of a field.
fn letterale(dove: &str, campo: &Campo, valore: &Letterale, c: &mut Controllo) {
    let nome = &campo.nome;
    let opzioni = campo.tipo.opzioni();
    match (genere(campo), valore) {
        (Genere::Testo | Genere::Scelte, Letterale::Testo(text)) => {
            if !opzioni.is_empty() && !opzioni.iter().any(|opzione| &opzione.valore == text) {
                c.trova(dove, "opzione", format!("«{text}» non è tra le opzioni di «{nome}»."));
            }
        }
        (Genere::Numero, Letterale::Numero(_)) | (Genere::Logico, Letterale::Logico(_)) => {}
        (Genere::Numero, Letterale::Testo(text)) if Decimale::parse(text).is_some() => {}
        (Genere::Data, Letterale::Testo(text)) if Giorno::parse(text).is_some() => {}
        (Genere::Logico, _) => c.trova(dove, "tipo", format!("«{nome}» è una casella: confrontarla con true o false.")),
        (Genere::Numero, _) => c.trova(dove, "tipo", format!("«{nome}» è un numero: confrontarlo con un numero.")),
        (Genere::Data, _) => {
            c.trova(
                dove,
                "tipo",
                format!("«{nome}» è una data: confrontarla con 2026-11-22, oggi, oggi+30 o oggi-365."),
            );
        }
        _ => c.trova(dove, "tipo", format!("«{nome}» è un testo: scrivere il valore tra virgolette.")),
    }
}

fn formula(dove: &str, nome: &str, formula: &Formula, vista: &Vista<'_>, c: &mut Controllo) {
    if formula.nomi().contains(&nome) {
        c.trova(dove, "ciclo", format!("«{nome}» si calcola da sé stesso."));
        return;
    }
    match formula {
        Formula::Somma(parti) | Formula::Prodotto(parti) => {
            if parti.is_empty() || parti.len() > limiti::ADDENDI {
                c.trova(dove, "quanti", "Una somma o un prodotto ha da 1 a 20 parti.");
            }
            for parte in parti {
                addendo(dove, parte, matches!(formula, Formula::Somma(_)), vista, c);
            }
        }
        Formula::Differenza(parti) => {
            if parti.len() != 2 {
                c.trova(dove, "quanti", "Una differenza ha due parti.");
            }
            for parte in parti {
                addendo(dove, parte, false, vista, c);
            }
        }
        Formula::Conta(gruppo) => {
            operando(dove, gruppo, |tipo| matches!(tipo, Tipo::Gruppo | Tipo::Scelte), "un gruppo", vista, c);
        }
        Formula::Giorni(periodo) => {
            for data in [&periodo.dal, &periodo.al] {
                operando(dove, data, |tipo| tipo == Tipo::Data, "una data", vista, c);
            }
        }
    }
}

fn numerico(tipo: Tipo) -> bool {
    matches!(tipo, Tipo::Numero | Tipo::Importo | Tipo::Calcolo)
}

fn addendo(dove: &str, parte: &Addendo, somma: bool, vista: &Vista<'_>, c: &mut Controllo) {
    let Addendo::Campo(nome) = parte else { return };
    let Some((gruppo, interno)) = nome.split_once('.') else {
        return operando(dove, nome, numerico, "un numero o un importo", vista, c);
    };
    if !somma {
        return c.trova(dove, "gruppo", format!("«{nome}»: sui campi di un gruppo si può solo fare la somma."));
    }
    match vista.cerca(gruppo) {
        Err((codice, messaggio)) => c.trova(dove, codice, messaggio),
        Ok(campo) => match campo.campi().iter().find(|campo| campo.nome == interno) {
            None => c.trova(dove, "campo-sconosciuto", format!("Nel gruppo «{gruppo}» non c'è un campo «{interno}».")),
            Some(campo) if !numerico(campo.tipo.tipo()) => {
                c.trova(dove, "tipo", format!("«{nome}» non è un numero né un importo."));
            }
            Some(_) => {}
        },
    }
}

fn operando(dove: &str, nome: &str, adatto: impl Fn(Tipo) -> bool, cosa: &str, vista: &Vista<'_>, c: &mut Controllo) {
    match vista.cerca(nome) {
        Err((codice, messaggio)) => c.trova(dove, codice, messaggio),
        Ok(campo) if !adatto(campo.tipo.tipo()) => c.trova(dove, "tipo", format!("«{nome}» non è {cosa}.")),
        Ok(_) => {}
    }
}

/// Checks a rule: about the form, or about each item of one group.
pub(super) fn regola(dove: &str, modulo: &Modulo, regola: &Regola, c: &mut Controllo) {
    let tutti: Vec<&Campo> = modulo.campi().collect();
    let gruppo = regola.campo.split_once('.').map(|(gruppo, _)| gruppo);
    let interni = gruppo.and_then(|nome| modulo.campo(nome)).map_or(&[][..], Campo::campi);
    let sta = format!("{dove}.campo");
    match regola.campo.split_once('.') {
        None if modulo.campo(&regola.campo).is_none() => {
            c.trova(sta, "campo-sconosciuto", format!("Nel modulo non c'è un campo «{}».", regola.campo));
        }
        Some((_, interno)) if !interni.iter().any(|campo| campo.nome == interno) => {
            c.trova(sta, "campo-sconosciuto", format!("Nel modulo non c'è un campo «{}».", regola.campo));
        }
        _ => {}
    }
    let verifica = senza_gruppo(&regola.verifica, gruppo);
    let vista = Vista { modulo, prima: tutti, voce: interni.iter().collect(), gruppo: &[] };
    condizione(&format!("{dove}.verifica"), &verifica, &vista, c);
}

/// A condition as seen from an item: `figli.nome` is `nome`.
pub(in crate::modulo) fn senza_gruppo(condizione: &Condizione, gruppo: Option<&str>) -> Condizione {
    let Some(gruppo) = gruppo else { return condizione.clone() };
    let prefisso = format!("{gruppo}.");
    let breve = |nome: &str| nome.strip_prefix(&prefisso).unwrap_or(nome).to_owned();
    match condizione {
        Condizione::Campo { campo, confronto } => {
            let mut confronto = confronto.clone();
            confronto.rinomina(&breve);
            Condizione::Campo { campo: breve(campo), confronto }
        }
        Condizione::Tutte(parti) => Condizione::Tutte(parti.iter().map(|p| senza_gruppo(p, Some(gruppo))).collect()),
        Condizione::AlmenoUna(parti) => {
            Condizione::AlmenoUna(parti.iter().map(|p| senza_gruppo(p, Some(gruppo))).collect())
        }
        Condizione::Non(parte) => Condizione::Non(Box::new(senza_gruppo(parte, Some(gruppo)))),
    }
}
