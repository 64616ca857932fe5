# Writing to the mayor.
lettera-titolo = Scrivi al Sindaco
lettera-sommario = Invia una proposta, una domanda o un'osservazione. La leggono solo il Sindaco e la sua segreteria.
lettera-passo-dati = La tua lettera
lettera-finalita = Servono a ricevere la tua lettera e a risponderti.
lettera-invia = Invia la lettera
lettera-dopo = Quando invii, la lettera riceve un numero di protocollo e arriva alla segreteria del Sindaco. È riservata: gli altri uffici non possono leggerla. Ricevi una copia per e-mail.
lettera-oggetto = Oggetto
lettera-oggetto-aiuto = Di che cosa parla la lettera, in poche parole.
lettera-testo = Testo della lettera
lettera-testo-aiuto = Scrivi liberamente. Non indicare dati sulla salute o su altre persone se non è necessario.
