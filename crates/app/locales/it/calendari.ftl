# The addresses of an office's calendar, and what a signed link says once its time has come.
calendari-titolo = Agenda nel tuo calendario
calendari-sommario = Un indirizzo porta gli appuntamenti dell'ufficio nel calendario del telefono o del computer, e li tiene aggiornati.
calendari-attenzione = Chi ha l'indirizzo vede i nomi di chi viene
calendari-attenzione-testo = Non darlo a nessuno e crea un indirizzo per ogni dispositivo. Se un dispositivo si perde, o chi lo usava lascia l'ufficio, revoca il suo indirizzo: gli altri continuano a funzionare.
calendari-attivi = Indirizzi attivi: { $ufficio }
calendari-vuoto = Nessun indirizzo attivo
calendari-vuoto-testo = Nessun calendario legge l'agenda di questo ufficio.
calendari-senza-nome = Dispositivo senza nome
calendari-chi = Creato da { $chi } il { $il }. Vale fino al { $fino }.
calendari-indirizzo = Indirizzo del calendario
calendari-di-altri = L'indirizzo lo vede soltanto chi lo ha creato.
calendari-revoca = Revoca
calendari-revoca-cosa = { $nome } di { $chi }
calendari-nuovo = Crea un indirizzo
calendari-nuovo-testo = Copia l'indirizzo nel programma di calendario che usi, fra i calendari a cui ci si iscrive. Dopo { $giorni } giorni scade: qui ne crei un altro.
calendari-dispositivo = Su quale dispositivo
calendari-dispositivo-aiuto = Ti aiuta a riconoscerlo: per esempio «telefono dello sportello 1».
calendari-crea = Crea indirizzo
calendari-creato = L'indirizzo è pronto: lo trovi qui sotto, fra quelli attivi.
calendari-revocato = L'indirizzo è revocato: chi lo usa non vede più l'agenda.
calendari-cessato = Questo indirizzo non vale più: è stato revocato o è scaduto. Chi lavora nell'ufficio può crearne un altro dalla pagina dell'agenda.

## The signed link
collegamento-iniziato = L'appuntamento è cominciato
collegamento-iniziato-testo = Da qui non si può più spostare né annullare. Se sei in ritardo o non puoi venire, telefona all'ufficio.
collegamento-telefono = Telefona al numero { $telefono }
collegamento-concluso = L'appuntamento si è concluso
collegamento-concluso-testo = Non c'è più niente da spostare o da annullare. Se ti serve ancora, prenota di nuovo.
collegamento-annullato = L'appuntamento è stato annullato
collegamento-annullato-testo = Nessuno ti aspetta. Se ti serve ancora, prenota di nuovo.
collegamento-non-presentato = L'appuntamento è passato
collegamento-non-presentato-testo = Non risulta che tu sia venuto. Se ti serve ancora, prenota di nuovo.
collegamento-area = Vedi tutti i tuoi appuntamenti nell'area personale
