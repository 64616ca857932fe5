# Why something was not accepted, and how to mend it. Key: rifiuto-<code>.
rifiuto-obbligatorio = Questo campo è obbligatorio: scrivi qui la tua risposta.
rifiuto-testo-corto = Il testo è troppo breve: scrivi almeno { $min } caratteri.
rifiuto-testo-lungo = Il testo è troppo lungo: hai scritto { $attuale } caratteri, il massimo è { $max }.
rifiuto-caratteri-non-ammessi = Il testo contiene caratteri che non possiamo registrare: cancellali e riscrivi il testo.
rifiuto-categoria-sconosciuta = Scegli una delle categorie dell'elenco.
rifiuto-coordinata-non-valida = La posizione sulla mappa non è valida: indicala di nuovo oppure scrivi soltanto l'indirizzo.
rifiuto-troppi-allegati = Puoi allegare al massimo { $max } file.
rifiuto-troppe-bozze = Hai già { $max } richieste iniziate e non inviate, il massimo: inviane o eliminane una prima di iniziarne un'altra.
rifiuto-bozza-cambiata = Questa bozza è stata modificata da un altro dispositivo o in un'altra finestra: ricarica la pagina per vedere le ultime risposte salvate.
rifiuto-bozza-troppo-grande = Le risposte sono troppo lunghe per essere salvate: lo spazio per una richiesta è di { $max } KB. Accorcia i testi più lunghi.
rifiuto-profilo-troppo-grande = I tuoi dati occupano troppo spazio: il massimo è { $max } KB. Togli quelli che non servono più.
rifiuto-allegato-ripetuto = Hai allegato due volte lo stesso file: togline uno.
rifiuto-allegato-sconosciuto = Un file allegato non c'è più: caricalo di nuovo.
rifiuto-servizio-sconosciuto = Questo servizio non esiste o è cambiato: torna alla pagina dei servizi e ricomincia da lì.
rifiuto-modulo-non-valido = Il modulo non è compilato nel modo previsto: ricarica la pagina e compilalo di nuovo.
rifiuto-modulo-incompleto = Il modulo non è completo: controlla i campi obbligatori.
rifiuto-campo-sconosciuto = Il modulo contiene un campo che il servizio non prevede.
rifiuto-codice-fiscale-non-valido = Il codice fiscale non è corretto: controlla di averlo copiato per intero, senza errori.
rifiuto-telefono-non-valido = Il numero di telefono non è corretto: usa solo cifre, spazi e il segno +.
rifiuto-livello-identita = Per questo servizio devi accedere con un'identità digitale di livello { $minimo } o superiore.
rifiuto-gia-inviata = Questa pratica è già stata inviata.
rifiuto-ricevuta-gia-formata = La ricevuta di questa pratica c'è già: scaricala dalla pagina della pratica.
rifiuto-pratica-inesistente = Questa pratica non esiste.
rifiuto-stato-non-ammesso = { $stato ->
    [protocollata] La pratica deve prima essere presa in carico.
    [presa-in-carico] La pratica è presa in carico: il passo successivo è avviare la lavorazione.
    [in-lavorazione] La pratica è già in lavorazione: il passo successivo è concluderla con un messaggio.
    [in-integrazione] Sono stati chiesti altri documenti: il passo successivo viene dopo.
    [rinunciata] La pratica è stata ritirata da chi l'ha presentata: non si può più lavorare.
    [prenotata] L'appuntamento è prenotato: prima va registrato l'arrivo.
    [annullata] L'appuntamento è stato annullato: se serve ancora, prenotane un altro.
    [non-presentata] All'appuntamento nessuno si è presentato: se serve ancora, prenotane un altro.
    [conclusa] La pratica è già conclusa.
   *[altro] La pratica non può fare questo passo adesso.
 }
rifiuto-solo-istanze = Questa operazione è possibile solo per le istanze.
rifiuto-dati-cancellati = I dati della persona sono stati cancellati: non è più possibile scriverle.
rifiuto-integrazione-gia-richiesta = Per questa pratica i documenti sono già stati chiesti una volta: la legge consente di sospendere il termine una volta sola.
rifiuto-integrazione-non-richiesta = Per questa pratica l'ufficio non ha chiesto documenti.
rifiuto-integrazione-gia-presentata = Hai già inviato i documenti richiesti per questa pratica.
rifiuto-integrazione-attesa = Si attendono i documenti chiesti al cittadino fino al { $entro }: la pratica può proseguire dal giorno dopo, o appena arrivano.
rifiuto-integrazione-vuota = Allega almeno un file oppure scrivi la tua risposta.
rifiuto-troppi-documenti = Puoi chiedere al massimo { $max } documenti: nell'elenco ce ne sono { $attuale }.
rifiuto-voce-non-valida = Rivedi la riga { $voce } dell'elenco: ogni documento va scritto con un testo da { $min } a { $max } caratteri.
rifiuto-data-non-ammessa = Scegli un giorno dal { $dal } al { $al }.
rifiuto-non-autorizzato = Non hai i permessi per questa operazione.
rifiuto-nessuna-modifica = Non hai cambiato nulla: indica un nuovo ufficio o una nuova classifica.
rifiuto-protocollo-mancante = La registrazione di protocollo non è riuscita: riprova tra poco.
rifiuto-termine-non-calcolabile = Non riusciamo a calcolare il termine di risposta: riprova tra poco.
rifiuto-chiave-riusata = Questa chiave è già stata usata per un invio con un contenuto diverso: per un nuovo invio usa una nuova chiave.
rifiuto-chiave-non-valida = La chiave di idempotenza deve avere da 1 a { $max } caratteri.
rifiuto-classifica-sconosciuta = Questa classifica non esiste nel titolario.
rifiuto-ufficio-sconosciuto = Questo ufficio non esiste.
rifiuto-file-troppo-grande = Il file è troppo grande: il massimo è { $max } MB. Se è una foto, scattala con una risoluzione più bassa.
rifiuto-file-vuoto = Il file è vuoto: scegline un altro.
rifiuto-formato-non-ammesso = Questo tipo di file non è ammesso: puoi allegare foto (JPEG, PNG, WebP, HEIC), documenti (PDF, ODT, DOCX, testo) e documenti firmati (p7m).
rifiuto-formato-non-corrispondente = Il contenuto del file non corrisponde al suo nome: è dichiarato come { $dichiarato } ma contiene altro. Scegli il file originale.
rifiuto-caricamento-interrotto = Il caricamento si è interrotto: riprova.
rifiuto-file-mancante = Scegli un file da caricare.
rifiuto-file-sospetto = Il file contiene parti nascoste o troppo grandi e non possiamo accettarlo: salvalo di nuovo con il programma con cui l'hai creato, senza macro e senza file al suo interno.
rifiuto-file-danneggiato = Il file è danneggiato e non si apre: salvalo di nuovo e riprova.
rifiuto-file-infetto = Il nostro antivirus ha riconosciuto un virus in questo file e non l'ha accettato: controlla il tuo dispositivo e scegli un altro file.
rifiuto-troppi-caricamenti = Nelle ultime 24 ore hai già caricato { $max } file, il massimo: riprova domani.
rifiuto-spazio-esaurito = I file che hai caricato e non hai ancora inviato occupano già { $max } MB, il massimo: invia la pratica che stai compilando oppure riprova domani.
rifiuto-dato-non-piu-disponibile = Questo documento non è più disponibile: i dati personali che conteneva sono stati cancellati.

# Appointments. What is free instead is said after these words, where something is.
rifiuto-slot-non-disponibile = Questo orario non è più libero: scegline un altro.
rifiuto-slot-sconosciuto = Questo orario non esiste: torna all'elenco degli orari liberi e scegline uno.
rifiuto-slot-passato = Questo orario è già passato: scegline uno più avanti.
rifiuto-preavviso = Questo orario è troppo vicino (ore di anticipo necessarie: { $ore }): scegline uno più avanti o telefona all'ufficio.
rifiuto-oltre-orizzonte = Questo giorno è troppo lontano: si può prenotare per i prossimi { $giorni } giorni. Scegline uno più vicino.
rifiuto-giornata-chiusa = Quel giorno l'ufficio non riceve ({ $motivo }): scegli un altro giorno o un'altra sede.
rifiuto-quota-esaurita = Per quel giorno i posti che si prenotano in questo modo sono finiti: scegli un altro giorno o telefona all'ufficio.
rifiuto-blocco-scaduto = Il tempo per completare la prenotazione è finito e l'orario è tornato libero per tutti: scegli di nuovo l'orario.
rifiuto-gia-bloccato = Questo orario è già tenuto da parte per te: prosegui con la prenotazione.
rifiuto-gia-prenotato = Questo appuntamento è già prenotato: lo trovi nell'area personale.
rifiuto-posto-inesistente = Questo appuntamento non occupa più un posto in quel giorno: ricarica la pagina per vedere com'è adesso.
rifiuto-stesso-orario = L'appuntamento è già a quest'ora: scegline un'altra.
rifiuto-periodo-non-valido = L'ultimo giorno viene prima del primo: controlla le due date.
rifiuto-periodo-troppo-lungo = Puoi chiedere gli orari di al massimo { $max } giorni alla volta: accorcia il periodo.
rifiuto-gia-chiusa = Questa giornata è già chiusa: ricarica la pagina per vedere com'è adesso.
rifiuto-giornata-aperta = Questa giornata è già aperta: ricarica la pagina per vedere com'è adesso.
rifiuto-chiusura-intera = Quel giorno è chiuso tutto l'ufficio: riapri prima l'intera giornata, poi chiudi i singoli sportelli.
rifiuto-troppi-sportelli = Puoi indicare al massimo { $max } sportelli alla volta.
rifiuto-sportello-sconosciuto = Questo sportello non esiste: scegline uno dell'elenco.
rifiuto-sportello-occupato = A questo sportello è già stato chiamato il numero { $turno }: concludilo oppure scegli un altro sportello.
rifiuto-altro-giorno = Numeri e arrivi si registrano soltanto nel giorno stesso: apri l'agenda di oggi.
rifiuto-turno-gia-assegnato = Questa persona ha già il numero { $turno }.
rifiuto-turni-esauriti = I { $max } numeri di oggi sono finiti: accogli le persone senza numero o invitale a prenotare.
rifiuto-turno-inesistente = Questo numero non è stato dato: controlla l'elenco di oggi.
rifiuto-turno-concluso = Questo numero è già concluso: ricarica la pagina per vedere l'elenco aggiornato.
rifiuto-turno-non-chiamato = Questo numero non è stato ancora chiamato: chiamalo prima a uno sportello.
rifiuto-prenotazione-gia-attiva = Per questo servizio c'è già un appuntamento in quel giorno: sposta o annulla quello, oppure scegli un altro giorno.
rifiuto-troppi-impegni = Ci sono già { $max } appuntamenti in quel giorno, il massimo: scegli un altro giorno.
rifiuto-disdetta-scaduta = Il tempo per spostare o annullare l'appuntamento è finito (ore di anticipo necessarie: { $ore }). Se non puoi venire, telefona all'ufficio.
rifiuto-troppi-spostamenti = Hai già spostato questo appuntamento { $max } volte, il massimo: annullalo e prenotane un altro, o telefona all'ufficio.
rifiuto-gia-confermato = Questo appuntamento è già confermato: non serve altro.
rifiuto-gia-collegata = Questo appuntamento riguarda già una pratica: aprila dalla pagina dell'appuntamento.
rifiuto-pratica-di-altri = Questa pratica è di un'altra persona: a un appuntamento si collega solo una pratica di chi lo ha.
rifiuto-appuntamento-chiuso = L'appuntamento è stato annullato o nessuno si è presentato: da qui non si apre una pratica.
rifiuto-pratica-sconosciuta = Questa pratica non c'è o non è della stessa persona: controlla quale hai scelto.
rifiuto-appuntamento-futuro = L'appuntamento non è ancora cominciato: potrai concluderlo dal suo orario, o appena la persona è arrivata.
rifiuto-ancora-in-sala = Questa persona è in attesa o allo sportello: chiamala e, se non risponde, scegli «Non risponde».
rifiuto-ancora-atteso = È presto per segnare l'assenza: aspetta la fine dell'appuntamento e i minuti di tolleranza.
rifiuto-passo-non-previsto = Un appuntamento non prevede questa operazione: usa l'agenda dell'ufficio.
rifiuto-motivo-sconosciuto = Scegli uno dei motivi dell'elenco.
rifiuto-attesa-non-prevista = Per questo servizio non c'è una lista d'attesa: controlla ogni tanto se si libera un orario.
rifiuto-gia-in-attesa = Per questo appuntamento sei già in lista d'attesa: ti scriviamo appena si libera un orario.
rifiuto-non-in-attesa = Questo appuntamento non è in lista d'attesa.
rifiuto-lista-piena = La lista d'attesa è piena: ci sono già { $max } persone. Controlla ogni tanto se si libera un orario.
rifiuto-giorni-non-validi = Scegli giorni da oggi in poi, prima del tuo appuntamento e con il primo non dopo l'ultimo.
rifiuto-troppi-calendari = Ci sono già { $max } indirizzi del calendario di questo ufficio, il massimo: revocane uno che non si usa più.
rifiuto-calendario-inesistente = Questo indirizzo del calendario non vale più: è già stato revocato o è scaduto.
rifiuto-troppi-uffici = Puoi indicare al massimo { $max } sedi.
rifiuto-nessuno-in-attesa = Nessuno aspetta questo orario: è libero per tutti.
rifiuto-offerta-tardiva = Manca troppo poco a questo orario per offrirlo a chi aspetta.
rifiuto-offerta-inesistente = Adesso non c'è nessun orario offerto a te: se ne hai rifiutato uno, ti scriviamo quando se ne libera un altro.
rifiuto-offerta-scaduta = Il tempo per accettare questo orario è finito: resti in lista e ti scriviamo quando se ne libera un altro.
rifiuto-offerta-aperta = Un orario ti è già stato offerto: accettalo o rifiutalo prima.
rifiuto-iscrizione-inesistente = Questa iscrizione alla lista d'attesa non c'è più: ricarica la pagina per vedere com'è adesso.
