# Appointments, on the page of their case.
appuntamento-servizio = Servizio
appuntamento-quando = Quando
appuntamento-dove = Dove
appuntamento-motivo = Motivo
appuntamento-dettagli = Dettagli
