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
   *[altro] Il Comune deve rispondere entro il { $scadenza } ({ $giorni } giorni).
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
    [conclusione] Abbiamo avvisato per e-mail che c'è una risposta.
   *[altro] Abbiamo inviato un avviso per e-mail.
 }

storia-NotificaFallita = Avviso non consegnato
storia-NotificaFallita-descrizione = { $motivo ->
    [ricevuta] L'e-mail con la copia della ricevuta non è arrivata. La ricevuta è valida lo stesso e si trova in questa pagina.
    [presa-in-carico] L'e-mail sulla presa in carico non è arrivata. La pratica va avanti lo stesso.
    [conclusione] L'e-mail che avvisa della risposta non è arrivata. La risposta si trova in questa pagina.
   *[altro] Un avviso per e-mail non è arrivato. Tutto quello che serve si trova in questa pagina.
 }
