# The pages that everyone reads.

## Home
home-titolo = Sportello online
home-saluto = Lo sportello online del { $comune }
home-sommario = Scrivi al Comune da dove vuoi: ricevi subito il numero di protocollo e segui la tua pratica fino alla risposta.
home-segnala = Segnala un disservizio
home-segnala-testo = Un lampione spento, una buca, rifiuti abbandonati: dicci che cosa e dove.
home-scrivi = Scrivi alla Sindaca o al Sindaco
home-scrivi-testo = Una proposta, una domanda, un problema: ti risponde la segreteria.
home-richiesta = Presenta una richiesta
home-richiesta-testo = Chiedi al Comune quello che non ha ancora un modulo dedicato.
home-appuntamento = Prenota un appuntamento
home-appuntamento-testo = Scegli l'ufficio, il giorno e l'ora che vanno bene per te.
home-come = Come funziona
home-come-1 = Accedi
home-come-1-testo = Entra con la tua identità digitale: nome e codice fiscale sono già compilati.
home-come-2 = Scrivi e invia
home-come-2-testo = Pochi campi, con foto o documenti se servono. Prima di inviare rivedi tutto in un riepilogo.
home-come-3 = Ricevi il numero
home-come-3-testo = Appena invii hai il numero di protocollo, la ricevuta e la data entro cui ti rispondiamo.
home-segui = Hai già inviato qualcosa?
home-segui-testo = Nell'area personale trovi le tue pratiche, a che punto sono e le risposte degli uffici.
home-area = Area personale
home-tutti-servizi = Tutti i servizi

## Services
servizi-titolo = Servizi
servizi-sommario = Quello che puoi fare online, con le istruzioni e i tempi di risposta.
servizi-cerca = Cerca un servizio
servizi-cerca-invia = Cerca
servizi-elenco = Servizi online
servizi-vuoto = Nessun servizio trovato
servizi-vuoto-testo = Prova con una parola diversa o guarda l'elenco completo.
servizi-tutti = Tutti i servizi
servizi-categorie = Esplora per categoria
servizi-attivo = Servizio attivo
servizi-indice = In questa pagina
servizi-accedi = Puoi fare tutto online, a qualsiasi ora. Se preferisci, vieni di persona o chiama l'ufficio.
servizi-appuntamento = Prenota un appuntamento
servizi-condizioni = Leggi le condizioni di servizio
servizi-condizioni-testo = Le regole comuni a tutti i servizi online: chi può usarli, quando l'invio è valido, quali file puoi allegare.
servizio-comune-categoria = Autorizzazioni
servizio-comune-rivolto = A chiunque abbia un'identità digitale di livello 2 o superiore, anche se non è residente nel Comune.
servizio-comune-come = Accedi con la tua identità digitale, compila il modulo e aggiungi i documenti che servono. Controlla il riepilogo e invia: il numero di protocollo arriva subito.
servizio-comune-serve = Un'identità digitale (SPID o CIE).
    I documenti utili alla richiesta, in PDF o in foto: al massimo 5 file da 10 MB.
servizio-comune-ottiene = La ricevuta con numero e data di protocollo e, alla fine, una risposta scritta dell'ufficio, anch'essa protocollata.
servizio-comune-tempi = L'ufficio risponde entro { $giorni } giorni dalla presentazione. La data precisa è scritta nella ricevuta e nell'area personale. Se il termine cade in un giorno festivo, passa al primo giorno non festivo.
servizio-segnalazione-disservizio-nome = Segnala un disservizio
servizio-segnalazione-disservizio-descrizione = Per avvisare il Comune di un problema in strada, nei parchi o negli edifici pubblici.
servizio-segnalazione-disservizio-categoria = Ambiente
servizio-segnalazione-disservizio-rivolto = A chiunque noti un problema nel territorio del Comune e abbia un'identità digitale.
servizio-segnalazione-disservizio-come = Accedi con la tua identità digitale e scegli il tipo di problema. Indica il luogo, con l'indirizzo o sulla mappa, e descrivi che cosa hai visto. Se puoi, aggiungi una foto.
servizio-segnalazione-disservizio-serve = Un'identità digitale (SPID o CIE).
    L'indirizzo o il punto sulla mappa.
    Una foto, se ti è possibile farla senza rischi: al massimo 5 file da 10 MB.
servizio-segnalazione-disservizio-ottiene = Il numero di protocollo e un codice per seguire la segnalazione, la presa in carico dell'ufficio competente e un messaggio quando il problema è risolto.
servizio-segnalazione-disservizio-tempi = L'ufficio risponde entro { $giorni } giorni dall'invio. Per i pericoli immediati non usare questo servizio: chiama il 112.
servizio-lettera-al-sindaco-nome = Scrivi alla Sindaca o al Sindaco
servizio-lettera-al-sindaco-descrizione = Per rivolgere una proposta, una domanda o un problema a chi guida il Comune.
servizio-lettera-al-sindaco-categoria = Anagrafe e stato civile
servizio-lettera-al-sindaco-rivolto = A chiunque voglia rivolgersi alla Sindaca o al Sindaco e abbia un'identità digitale.
servizio-lettera-al-sindaco-come = Accedi con la tua identità digitale, scrivi l'oggetto e la lettera, controlla il riepilogo e invia. La lettera arriva alla segreteria, che ti risponde.
servizio-lettera-al-sindaco-serve = Un'identità digitale (SPID o CIE).
    Se vuoi, documenti o foto: al massimo 5 file da 10 MB.
servizio-lettera-al-sindaco-ottiene = Il numero di protocollo della lettera e una risposta scritta, protocollata a sua volta. La lettera è riservata: la leggono solo la segreteria e l'ufficio protocollo.

## Topics
argomenti-titolo = Argomenti
argomenti-sommario = Tutti gli argomenti del sito, in ordine alfabetico.
argomenti-tutti = Tutti gli argomenti
argomento-vuoto = Ancora nessun contenuto
argomento-vuoto-testo = Su questo argomento lo sportello non ha ancora servizi o notizie.

## First-level menu
amministrazione-titolo = Amministrazione
amministrazione-sommario = A chi rivolgersi in Comune.
amministrazione-uffici = Telefono ed e-mail degli uffici che rispondono alle tue richieste.
amministrazione-altro = Organi di governo, personale e documenti sono pubblicati sul sito istituzionale del Comune.
uffici-titolo = Uffici
uffici-sommario = Gli uffici che rispondono alle richieste dello sportello.
uffici-telefono = Telefono
uffici-email = E-mail
uffici-pec = PEC
novita-titolo = Novità
novita-sommario = Avvisi e notizie sullo sportello online.
novita-vuoto = Nessuna novità, per ora
novita-vuoto-testo = Quando ci saranno nuovi servizi o interruzioni programmate le troverai qui. Le notizie del Comune sono sul sito istituzionale.
vivere-titolo = Vivere il Comune
vivere-sommario = Quello che puoi fare con lo sportello per { $nome }.
vivere-altro = Luoghi ed eventi sono pubblicati sul sito istituzionale del Comune.

## Help
assistenza-titolo = Richiedi assistenza
assistenza-sommario = Se qualcosa non funziona o non è chiaro, scrivici o chiamaci.
assistenza-prima = Prima di chiamare
assistenza-domande = leggi le domande frequenti
assistenza-area = controlla a che punto è la tua pratica nell'area personale
assistenza-uffici = cerca l'ufficio che ti serve
assistenza-pericolo = C'è un pericolo?
assistenza-pericolo-testo = Non usare lo sportello: chiama subito il
domande-titolo = Domande frequenti
domande-sommario = Le risposte alle domande che riceviamo più spesso.
domande-altro = Non hai trovato la risposta?
domanda-1 = Che cosa serve per inviare una segnalazione o una richiesta?
domanda-1-risposta = Un'identità digitale SPID o CIE di livello 2 o superiore. Con l'accesso recuperiamo nome, cognome e codice fiscale: non devi scriverli né firmare.
domanda-2 = Come faccio a sapere che l'invio è riuscito?
domanda-2-risposta = Alla fine vedi il numero di protocollo con la data e l'ora. Da quel momento la tua richiesta è registrata, anche se la mail di conferma arriva dopo o non arriva. La ritrovi sempre nell'area personale.
domanda-3 = La pagina si è bloccata mentre inviavo: devo rifare tutto?
domanda-3-risposta = Guarda prima nell'area personale: se la pratica c'è, è tutto a posto. Se non c'è, invia di nuovo: lo stesso modulo non viene registrato due volte.
domanda-4 = Che differenza c'è tra il codice della pratica e il numero di protocollo?
domanda-4-risposta = Il numero di protocollo, per esempio 0000123/2026, è la registrazione ufficiale. Il codice, per esempio SG-7K3M-Q2XF-9D4C, serve a ritrovare la pratica quando parli con un ufficio. Sono scritti tutti e due nella ricevuta.
domanda-5 = Entro quando mi risponde l'ufficio?
domanda-5-risposta = Entro 30 giorni, se la scheda del servizio non dice altro. La data precisa è nella ricevuta e nell'area personale.
domanda-6 = Che cosa vogliono dire gli stati della pratica?
domanda-6-risposta = «Protocollata»: è registrata e aspetta l'ufficio. «Presa in carico»: un operatore l'ha letta e se ne occupa. «In lavorazione»: l'ufficio sta lavorando alla soluzione. «In attesa di documenti»: l'ufficio ti ha chiesto qualcosa che manca, e trovi che cosa nella pratica. «Conclusa»: trovi la risposta nella pratica. «Ritirata»: l'hai ritirata tu.
domanda-7 = Quali file posso allegare?
domanda-7-risposta = Dipende dal servizio: accanto al campo trovi i tipi di file, quanti sono e quanto possono essere grandi. Di solito vanno bene le foto e i documenti PDF fino a 10 MB. Se una foto è troppo grande, scattala con una risoluzione più bassa.
domanda-8 = Posso correggere o ritirare quello che ho inviato?
domanda-8-risposta = Quello che è registrato nel protocollo non si cambia. Una richiesta che non è ancora conclusa si può ritirare: apri la pratica e scegli «Ritira la richiesta». Per correggerla scegli poi «Presenta di nuovo»: parti dalle risposte che avevi scritto.
domanda-9 = Chi può leggere la mia segnalazione o la mia lettera?
domanda-9-risposta = Tu, l'ufficio che se ne occupa e l'ufficio protocollo. Ogni accesso a una pratica che non spetta viene negato e annotato.
domanda-10 = Posso fare una segnalazione anonima?
domanda-10-risposta = No. L'identità serve a registrare la segnalazione e a risponderti. Per un pericolo immediato non serve lo sportello: chiama il 112.
domanda-11 = Come sposto o annullo un appuntamento?
domanda-11-risposta = Con il collegamento che trovi nella mail di conferma, anche senza accedere, oppure dalla pratica nell'area personale. La pratica dice fino a quando si può fare; dopo, telefona all'ufficio.

## Notes
privacy-titolo = Informativa privacy
note-legali-titolo = Note legali
accessibilita-titolo = Accessibilità
condizioni-titolo = Condizioni di servizio
mappa-sito-titolo = Mappa del sito
mappa-sito-sommario = Tutte le pagine dello sportello.
mappa-sito-comune = Il Comune
mappa-sito-aiuto = Aiuto e regole
mappa-sito-api = API per sviluppatori (GraphiQL)

## Rating
valutazione-senza-voto = Scegli un voto da 1 a 5 stelle, poi invia di nuovo.
valutazione-grazie = Grazie della valutazione
valutazione-grazie-testo = Ci aiuta a capire quali pagine migliorare.
valutazione-cosa-resta = Abbiamo contato il tuo voto e la risposta che hai scelto, senza collegarli a te. Il testo che hai scritto non viene conservato: per avere una risposta usa la pagina di assistenza.
valutazione-torna = Torna alla pagina
