# The history of a case, as citizens and offices read it.
# Keys: storia-<Evento> (title) and storia-<Evento>-descrizione (one or two sentences).
# Values: $attore, $segnatura, $scadenza ("nessuno" when missing), and what the step itself carries.

storia-SegnalazioneInviata = Segnalazione inviata
storia-SegnalazioneInviata-descrizione = La segnalazione è arrivata al Comune.

storia-LetteraInviata = Lettera inviata
storia-LetteraInviata-descrizione = La lettera è arrivata alla segreteria del Sindaco.

storia-IstanzaPresentata = Istanza presentata
storia-IstanzaPresentata-descrizione = L'istanza è arrivata al Comune.

storia-RicevutaEmessa = Ricevuta con numero di protocollo
storia-RicevutaEmessa-descrizione = { $segnatura ->
    [nessuno] Il Comune ha registrato il documento e ha rilasciato la ricevuta.
   *[altro] Il Comune ha registrato il documento con il numero di protocollo { $segnatura } e ha rilasciato la ricevuta. Il numero serve per chiedere informazioni.
 }

storia-TermineCalcolato = Termine per la risposta
storia-TermineCalcolato-descrizione = { $scadenza ->
    [nessuno] Il Comune ha calcolato entro quando deve rispondere.
   *[altro] { $sospesi ->
        [nessuno] Il Comune deve rispondere entro il { $scadenza } ({ $giorni } giorni).
       *[altri] Il Comune deve rispondere entro il { $scadenza } ({ $giorni } giorni, più { $sospesi } di attesa dei documenti).
    }
 }

storia-SegnalazionePresaInCarico = Presa in carico
storia-SegnalazionePresaInCarico-descrizione = { $attore ->
    [nessuno] L'ufficio ha preso in carico la segnalazione.
   *[altro] { $attore } ha preso in carico la segnalazione.
 }

storia-LetteraPresaInCarico = Presa in carico
storia-LetteraPresaInCarico-descrizione = { $attore ->
    [nessuno] La segreteria del Sindaco ha preso in carico la lettera.
   *[altro] { $attore } ha preso in carico la lettera.
 }

storia-IstanzaPresaInCarico = Presa in carico
storia-IstanzaPresaInCarico-descrizione = { $attore ->
    [nessuno] L'ufficio ha preso in carico l'istanza.
   *[altro] { $attore } ha preso in carico l'istanza ed è la persona da contattare.
 }

storia-LavorazioneAvviata = Lavorazione avviata
storia-LavorazioneAvviata-descrizione = { $attore ->
    [nessuno] L'ufficio ha cominciato a occuparsene.
   *[altro] { $attore } ha cominciato a occuparsene.
 }

storia-PraticaRiassegnata = Passata a un altro ufficio
storia-PraticaRiassegnata-descrizione = La pratica è passata all'ufficio competente, che la segue da qui in poi.

storia-IntegrazioneRichiesta = Servono altri documenti
storia-IntegrazioneRichiesta-descrizione = { $scadenza ->
    [nessuno] L'ufficio ha chiesto altri documenti.
   *[altro] L'ufficio ha chiesto altri documenti, da inviare entro il { $scadenza }. La richiesta è registrata con il numero di protocollo { $segnatura }.
 }

storia-IntegrazionePresentata = Documenti aggiunti
storia-IntegrazionePresentata-descrizione = { $segnatura ->
    [nessuno] I documenti aggiunti sono arrivati al Comune.
   *[altro] I documenti aggiunti sono arrivati al Comune e sono registrati con il numero di protocollo { $segnatura }.
 }

storia-IstanzaRinunciata = Istanza ritirata
storia-IstanzaRinunciata-descrizione = { $segnatura ->
    [nessuno] Chi ha presentato l'istanza l'ha ritirata: la pratica è chiusa.
   *[altro] Chi ha presentato l'istanza l'ha ritirata: la pratica è chiusa. Il ritiro è registrato con il numero di protocollo { $segnatura }.
 }

storia-SegnalazioneRisolta = Segnalazione conclusa
storia-SegnalazioneRisolta-descrizione = L'ufficio ha concluso la segnalazione e ha lasciato una risposta.

storia-RispostaInviata = Risposta inviata
storia-RispostaInviata-descrizione = { $segnatura ->
    [nessuno] È arrivata la risposta alla lettera.
   *[altro] È arrivata la risposta alla lettera, registrata con il numero di protocollo { $segnatura }.
 }

storia-IstanzaConclusa = Istanza conclusa
storia-IstanzaConclusa-descrizione = { $segnatura ->
    [nessuno] L'ufficio ha concluso l'istanza con una risposta.
   *[altro] L'ufficio ha concluso l'istanza con una risposta, registrata con il numero di protocollo { $segnatura }.
 }

storia-NotificaConsegnata = Avviso inviato per e-mail
storia-NotificaConsegnata-descrizione = { $motivo ->
    [ricevuta] Abbiamo inviato per e-mail una copia della ricevuta.
    [presa-in-carico] Abbiamo avvisato per e-mail della presa in carico.
    [integrazione-richiesta] Abbiamo avvisato per e-mail che servono altri documenti.
    [integrazione-presentata] Abbiamo inviato per e-mail la conferma dei documenti aggiunti.
    [rinuncia] Abbiamo inviato per e-mail la conferma del ritiro.
    [conclusione] Abbiamo avvisato per e-mail che c'è una risposta.
    [prenotazione] Abbiamo inviato per e-mail la conferma della prenotazione.
    [conferma] Abbiamo avvisato per e-mail che l'appuntamento è confermato.
    [spostamento] Abbiamo inviato per e-mail il nuovo giorno e la nuova ora.
    [annullamento] Abbiamo avvisato per e-mail che l'appuntamento è annullato.
    [promemoria] Abbiamo ricordato per e-mail l'appuntamento.
    [offerta] Abbiamo offerto per e-mail un posto prima.
   *[altro] Abbiamo inviato un avviso per e-mail.
 }

storia-NotificaFallita = Avviso non consegnato
storia-NotificaFallita-descrizione = { $motivo ->
    [ricevuta] L'e-mail con la copia della ricevuta non è arrivata. La ricevuta è valida lo stesso e si trova in questa pagina.
    [presa-in-carico] L'e-mail sulla presa in carico non è arrivata. La pratica va avanti lo stesso.
    [integrazione-richiesta] L'e-mail con la richiesta di altri documenti non è arrivata. La richiesta si trova in questa pagina.
    [integrazione-presentata] L'e-mail di conferma dei documenti aggiunti non è arrivata. I documenti sono registrati lo stesso.
    [rinuncia] L'e-mail di conferma del ritiro non è arrivata. Il ritiro è registrato lo stesso.
    [conclusione] L'e-mail che avvisa della risposta non è arrivata. La risposta si trova in questa pagina.
    [prenotazione] L'e-mail con la conferma della prenotazione non è arrivata. L'appuntamento vale lo stesso.
    [conferma] L'e-mail che avvisa della conferma non è arrivata. L'appuntamento è confermato lo stesso.
    [spostamento] L'e-mail con il nuovo giorno e la nuova ora non è arrivata. Valgono quelli di questa pagina.
    [annullamento] L'e-mail che avvisa dell'annullamento non è arrivata. L'appuntamento è annullato lo stesso.
    [promemoria] L'e-mail che ricorda l'appuntamento non è arrivata. L'appuntamento vale lo stesso.
    [offerta] L'e-mail che offre un posto prima non è arrivata. L'offerta si trova in questa pagina finché vale.
   *[altro] Un avviso per e-mail non è arrivato. Tutto quello che serve si trova in questa pagina.
 }

storia-AppuntamentoPrenotato = Appuntamento prenotato
storia-AppuntamentoPrenotato-descrizione = L'appuntamento è per { $inizio }, { $sede }.

storia-AppuntamentoConfermato = Appuntamento confermato
storia-AppuntamentoConfermato-descrizione = { $attore ->
    [nessuno] L'ufficio ha confermato l'appuntamento.
   *[altro] { $attore } ha confermato l'appuntamento.
 }

storia-AppuntamentoSpostato = Appuntamento spostato
storia-AppuntamentoSpostato-descrizione = { $chi ->
    [ufficio] L'ufficio ha spostato l'appuntamento.
   *[altro] L'appuntamento è stato spostato da chi lo aveva prenotato.
 } { $sedePrima ->
    [nessuno] Era { $prima }; adesso è { $inizio }, { $sede }.
   *[altro] Era { $prima }, { $sedePrima }; adesso è { $inizio }, { $sede }.
 }

storia-AppuntamentoAnnullato = Appuntamento annullato
storia-AppuntamentoAnnullato-descrizione = { $chi ->
    [ufficio] L'ufficio ha annullato l'appuntamento.
   *[altro] L'appuntamento è stato annullato da chi lo aveva prenotato.
 }{ $sede ->
    [nessuno] {""}
   *[altro] {" "}Era { $inizio }, { $sede }.
 }

storia-PraticaCollegata = Pratica collegata
storia-PraticaCollegata-descrizione = L'appuntamento riguarda una pratica, che si apre da questa pagina.

storia-CittadinoPresentato = Arrivo in ufficio
storia-CittadinoPresentato-descrizione = All'arrivo è stato assegnato il turno numero { $turno }.

storia-CittadinoChiamato = Chiamata allo sportello
storia-CittadinoChiamato-descrizione = Il turno è stato chiamato allo sportello.

storia-AppuntamentoConcluso = Appuntamento concluso
storia-AppuntamentoConcluso-descrizione = L'appuntamento si è svolto.

storia-MancataPresentazione = Nessuno si è presentato
storia-MancataPresentazione-descrizione = Non risulta che qualcuno si sia presentato allo sportello per l'appuntamento. Si può prenotare di nuovo quando si vuole.
