// All alert rules, in the order in which plans are tried: rules first, the course of alerts last.

{ include("patient.asl") }
{ include("haemorrhage.asl") }
{ include("breathing.asl") }
{ include("airway.asl") }
{ include("neurology.asl") }
{ include("drugs.asl") }
{ include("metabolic.asl") }
{ include("passport.asl") }
{ include("process.asl") }
{ include("advice.asl") }
{ include("course.asl") }
