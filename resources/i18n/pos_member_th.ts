<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="th" sourcelanguage="en">
<context>
    <name>till</name>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>+{points} point(s)</source>
        <translation>+{points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>0 if it is empty</source>
        <translation>ใส่ 0 ถ้าไม่มีเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>08x xxx xxxx</source>
        <translation>08x xxx xxxx</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>21/11/2533 or 21/11</source>
        <translation>21/11/2533 หรือ 21/11</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>50 or -50</source>
        <translation>เช่น 50 หรือ -50</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <location filename="../../pos_member/ui/templates/preview.py"/>
        <source>58 mm</source>
        <translation>58 มม.</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <location filename="../../pos_member/ui/templates/preview.py"/>
        <source>80 mm</source>
        <translation>80 มม.</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>80 mm, 512 dots</source>
        <translation>80 มม. 512 จุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>80 mm, 640 dots</source>
        <translation>80 มม. 640 จุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>A barcode, a card, a coupon or a receipt: scan it, or type its number</source>
        <translation>บาร์โค้ด บัตร คูปอง หรือใบเสร็จ: สแกน หรือพิมพ์ตัวเลข</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>A brace stands alone: Ctrl+I puts a field in, or take the brace out.</source>
        <translation>มีวงเล็บปีกกาเดี่ยว กด Ctrl+I เพื่อใส่ช่องข้อมูล หรือลบวงเล็บออก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>A change counts for papers made from then on. What waits to be printed stays as it was.</source>
        <translation>การแก้มีผลกับใบที่ออกหลังจากนั้น ใบที่รอพิมพ์อยู่ใช้แบบเดิม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>A choice holds at once and is kept · F11 also changes the language · Esc = back</source>
        <translation>เลือกแล้วมีผลทันทีและจำไว้ · F11 เปลี่ยนภาษาได้เช่นกัน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>A code of the shop</source>
        <translation>รหัสของร้าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>A copy carries the same code and says that it is a copy.</source>
        <translation>ใบที่พิมพ์ซ้ำใช้รหัสเดิม และมีคำว่าสำเนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>A copy is printing.</source>
        <translation>กำลังพิมพ์สำเนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>A copy of the last Z report is printing.</source>
        <translation>กำลังพิมพ์สำเนารายงาน Z ล่าสุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>A copy of the receipt with the points is printing</source>
        <translation>กำลังพิมพ์สำเนาใบเสร็จที่มีแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>A copy was printed in its place; it stands in this list as well.</source>
        <translation>พิมพ์สำเนาแทนใบนี้แล้ว ดูได้ในรายการนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>A digit is wrong</source>
        <translation>มีตัวเลขผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/printer_picker.py"/>
        <source>A figure or ↑ ↓ and Enter · Esc = leave it</source>
        <translation>กดตัวเลข หรือ ↑ ↓ แล้ว Enter · Esc = ไม่เปลี่ยน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>A manager approves this change of points</source>
        <translation>ให้ผู้จัดการอนุมัติการปรับแต้มนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>A manager approves work on the printers</source>
        <translation>ผู้จัดการอนุมัติการตั้งเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>A member already: {name} · {number}</source>
        <translation>เป็นสมาชิกอยู่แล้ว: {name} · {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>A member of staff decided not to print it. It can still be printed.</source>
        <translation>พนักงานเลือกไม่พิมพ์ใบนี้ ยังสั่งพิมพ์ได้อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>A member of staff saw the paper.</source>
        <translation>พนักงานเห็นกระดาษแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>A network printer prints its address on its self-test: hold the feed button while switching it on. What stands in the list needs no address.</source>
        <translation>เครื่องพิมพ์เครือข่ายพิมพ์ที่อยู่ของตัวเองได้: กดปุ่มเลื่อนกระดาษค้างไว้ขณะเปิดเครื่อง ถ้าเลือกจากรายการไม่ต้องพิมพ์ที่อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>A night has a beginning and an end: fill both in, or neither.</source>
        <translation>ต้องมีทั้งเวลาเริ่มและเวลาสิ้นสุด ใส่ให้ครบทั้งสองช่อง หรือเว้นว่างทั้งคู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>A paper may be incomplete: look at the printer, then answer with Ctrl+P.</source>
        <translation>มีใบที่อาจออกไม่ครบ ดูที่เครื่องพิมพ์ แล้วกด Ctrl+P ตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>A printer that does not answer</source>
        <translation>เครื่องพิมพ์ที่ไม่ตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>A printer without a name</source>
        <translation>เครื่องพิมพ์ที่ไม่บอกชื่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/drawer.py"/>
        <source>A sale for cash opens the drawer by itself. To open it without one is written down: who did it, who approved it, and when.</source>
        <translation>ขายเงินสดแล้วลิ้นชักเปิดเอง ถ้าเปิดโดยไม่มีการขาย ระบบจะบันทึกว่าใครเปิด ใครอนุมัติ และเวลาใด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>A sale of ฿350</source>
        <translation>ขายยอด ฿350</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>A supervisor approves the end of this coupon</source>
        <translation>ให้หัวหน้างานอนุมัติการยกเลิกคูปองนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>A supervisor approves this return</source>
        <translation>ให้หัวหน้างานอนุมัติการคืนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>A supervisor approves: this member claimed several bills today</source>
        <translation>หัวหน้างานอนุมัติ: วันนี้สมาชิกนี้สะสมย้อนหลังหลายบิลแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/drawer.py"/>
        <source>A supervisor opens the drawer with you</source>
        <translation>ให้หัวหน้างานอนุมัติเปิดลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>A time of day, for example {time}.</source>
        <translation>ใส่เวลา เช่น {time}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>A: &lt; is over A</source>
        <translation>A: &lt; อยู่เหนือ A</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>About this till</source>
        <translation>เกี่ยวกับเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Add or take</source>
        <translation>เพิ่มหรือหัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Address of the printer</source>
        <translation>ที่อยู่ของเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Adjust</source>
        <translation>ปรับแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>After</source>
        <translation>วันถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>After the code</source>
        <translation>ต่อท้ายรหัส</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>All members at once can be large: it waits for these hours. Bills go at any hour. Empty = any time.</source>
        <translation>ข้อมูลสมาชิกทั้งหมดเป็นก้อนใหญ่ จะรอโหลดในช่วงเวลานี้ ส่วนบิลส่งได้ทุกเวลา เว้นว่าง = โหลดเวลาไหนก็ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>All of it</source>
        <translation>คืนทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>All of it comes back already</source>
        <translation>เลือกคืนครบจำนวนในบิลแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>All sizes were read: this printer's codes are good.</source>
        <translation>อ่านได้ทุกขนาด เครื่องนี้พิมพ์รหัสได้ดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Amount</source>
        <translation>รวม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Amount received  (← → other means, + exact cash)</source>
        <translation>รับเงินมา  (← → เปลี่ยนวิธีจ่าย · + เงินสดพอดี)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>An open bill stays open when the cashier changes.</source>
        <translation>เปลี่ยนแคชเชียร์ได้ทันที บิลที่เปิดค้างยังอยู่ครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Another device answers</source>
        <translation>ไม่ใช่เครื่องเดิม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Another printer of this till has this name.</source>
        <translation>เครื่องพิมพ์อื่นของเครื่องนี้ใช้ชื่อนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Another program holds this printer. Close it, then try again.</source>
        <translation>โปรแกรมอื่นใช้เครื่องพิมพ์นี้อยู่ ปิดโปรแกรมนั้นแล้วลองอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Another program uses the camera</source>
        <translation>มีโปรแกรมอื่นใช้กล้องอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Another system's code</source>
        <translation>รหัสของระบบอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Answer in</source>
        <translation>นำคำตอบเข้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Answer in by stick</source>
        <translation>นำคำตอบเข้าจากแฟลชไดรฟ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Answered within</source>
        <translation>ตอบภายใน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Answers</source>
        <translation>ตอบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Answers, and needs a hand</source>
        <translation>ตอบแล้ว แต่ต้องไปดูเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Any code will do: a member card or a product. Do not touch the keyboard.</source>
        <translation>ใช้รหัสอะไรก็ได้ เช่น บัตรสมาชิกหรือบาร์โค้ดสินค้า ระหว่างนี้อย่าแตะแป้นพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Anywhere</source>
        <translation>กดได้ทุกหน้าจอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Approve</source>
        <translation>อนุมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>Around the code</source>
        <translation>นำหน้า ต่อท้าย จบด้วย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Arrows = choose · Enter = go · Esc = stop, or back</source>
        <translation>ลูกศร = เลือก · Enter = เริ่ม · Esc = หยุด หรือกลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>As a code</source>
        <translation>แบบรหัส</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>As in a mirror</source>
        <translation>ภาพแบบกระจก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/type_choice.py"/>
        <source>As it came</source>
        <translation>ที่มากับโปรแกรม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>As the total</source>
        <translation>แบบยอดสุทธิ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <source>Ask</source>
        <translation>ถามเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Ask again</source>
        <translation>ถามอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Ask the customer, then press + to record the consent</source>
        <translation>ถามลูกค้าก่อน แล้วกด + เพื่อบันทึกความยินยอม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Ask the printer</source>
        <translation>ถามเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>Asking head office … Esc = go on without</source>
        <translation>กำลังถามสำนักงานใหญ่… กด Esc ถ้าไม่รอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Asking …</source>
        <translation>กำลังถาม …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>At most {gap} ms from key to key; {silence} ms of silence end a code</source>
        <translation>ห่างกันไม่เกิน {gap} มิลลิวินาทีต่อปุ่ม เงียบ {silence} มิลลิวินาทีถือว่าจบรหัส</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>At the printer</source>
        <translation>ที่เครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/control_row.py"/>
        <source>Automatic</source>
        <translation>อัตโนมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>B: &lt; is over B</source>
        <translation>B: &lt; อยู่เหนือ B</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>Back</source>
        <translation>ย้อนกลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Back to the bill</source>
        <translation>กลับไปที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/cashier.py"/>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>Badge of {name}: type the PIN</source>
        <translation>ป้ายของ {name} · ใส่ PIN</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Barcode</source>
        <translation>บาร์โค้ด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Before</source>
        <translation>วันก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Before discounts</source>
        <translation>ยอดก่อนส่วนลด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>Before the code</source>
        <translation>นำหน้ารหัส</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Belongs to</source>
        <translation>เจ้าของ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Bill</source>
        <translation>บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Bill number</source>
        <translation>เลขที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Bill {number}</source>
        <translation>บิล {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Bill {number} completed</source>
        <translation>ปิดบิล {number} แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Bill · {count} line(s)</source>
        <translation>บิล · {count} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Bills</source>
        <translation>บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Bills and members go to head office by themselves.</source>
        <translation>บิลและสมาชิกส่งไปสำนักงานใหญ่เองอัตโนมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Bills and returns of the day</source>
        <translation>บิลและใบคืนของวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Bills are kept all the same, and can be printed later.</source>
        <translation>บิลเก็บไว้ครบเหมือนเดิม พิมพ์ทีหลังได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Bills out</source>
        <translation>ส่งบิลออก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Bills out by stick</source>
        <translation>ส่งบิลด้วยแฟลชไดรฟ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Birthday (optional)</source>
        <translation>วันเกิด (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Birthday month</source>
        <translation>เดือนเกิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Black field</source>
        <translation>แถบดำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Bold</source>
        <translation>ตัวหนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Branch</source>
        <translation>สาขา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Branch manager</source>
        <translation>ผู้จัดการสาขา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/control_row.py"/>
        <source>Brightness</source>
        <translation>ความสว่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Bring it back</source>
        <translation>เอากลับมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Broke off</source>
        <translation>ขาดกลางทาง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Brought by (optional)</source>
        <translation>ผู้แนะนำ (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/brought_by.py"/>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>Brought by {name}</source>
        <translation>แนะนำโดย {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Button: off line</source>
        <translation>ปุ่ม: หยุดรับงาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Button: on line</source>
        <translation>ปุ่ม: พร้อมพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>By</source>
        <translation>โดย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>By stick</source>
        <translation>ส่งด้วยแฟลชไดรฟ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>C: only C reads right</source>
        <translation>C: อ่านออกเฉพาะ C</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Came back</source>
        <translation>คืนแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>Came in</source>
        <translation>ที่ได้รับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <location filename="../../pos_member/ui/screens/readers.py"/>
        <source>Camera</source>
        <translation>กล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Camera in use elsewhere</source>
        <translation>กล้องถูกใช้อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Camera …</source>
        <translation>กำลังเปิดกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Can be used</source>
        <translation>ใช้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Can be used again</source>
        <translation>กลับมาใช้ได้อีก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Cancel it</source>
        <translation>ยกเลิกคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Cancel this coupon for good?</source>
        <translation>ยกเลิกคูปองนี้ถาวรใช่ไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Cancel {coupon}</source>
        <translation>ยกเลิก{coupon}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Cancelled</source>
        <translation>ยกเลิกแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Cannot print</source>
        <translation>พิมพ์ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Cannot print yet</source>
        <translation>ยังพิมพ์ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Card</source>
        <translation>บัตร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Card blocked</source>
        <translation>บัตรถูกระงับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Cash</source>
        <translation>เงินสด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/screens/drawer.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Cash drawer</source>
        <translation>ลิ้นชักเก็บเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Cashier</source>
        <translation>แคชเชียร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Change</source>
        <translation>เงินทอน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Change cashier</source>
        <translation>เปลี่ยนแคชเชียร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Change it</source>
        <translation>แก้ไข</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Change this paper</source>
        <translation>แก้ใบนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Change {amount}</source>
        <translation>เงินทอน {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <source>Change {printer}</source>
        <translation>แก้ไข {printer}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Changed</source>
        <translation>แก้เมื่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Character · byte in hexadecimal</source>
        <translation>ตัวอักษร · ค่าไบต์ฐานสิบหก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>Character · number of the key · ms since the key before</source>
        <translation>ตัวอักษร · เลขปุ่ม · มิลลิวินาทีจากปุ่มก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Check its cable. Plugged in again, it goes on by itself.</source>
        <translation>ตรวจสายกล้อง เสียบใหม่แล้วจะใช้ต่อได้เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Choose a line of the bill</source>
        <translation>เลือกรายการในบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Choose a place from the list, or type one.</source>
        <translation>เลือกจากรายการ หรือพิมพ์ที่อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Choose one from the list and press Enter.</source>
        <translation>เลือกกล้องจากรายการแล้วกด Enter</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Choose the font</source>
        <translation>เลือกไฟล์ฟอนต์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Choose the logo</source>
        <translation>เลือกรูปโลโก้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Choose the template's file</source>
        <translation>เลือกไฟล์แบบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/type_choice.py"/>
        <source>Choose the type</source>
        <translation>เลือกตัวพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Claimed today by this member</source>
        <translation>วันนี้สมาชิกนี้สะสมย้อนหลังแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Clear</source>
        <translation>ล้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Close that program (video calls, browser). The till then goes on by itself.</source>
        <translation>ปิดโปรแกรมนั้น (วิดีโอคอล เบราว์เซอร์) แล้วจะใช้ต่อได้เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Close the cover</source>
        <translation>ปิดฝา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Close the shift</source>
        <translation>ปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Close the shift with {amount} counted?</source>
        <translation>ปิดรอบด้วยเงินที่นับได้ {amount}?</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Close with {amount}</source>
        <translation>ปิดรอบด้วย {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Closed</source>
        <translation>ปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Code</source>
        <translation>รหัส</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Company</source>
        <translation>บริษัท</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Complete the bill</source>
        <translation>ปิดบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Complete the bill when the money has arrived</source>
        <translation>เงินเข้าแล้วค่อยปิดบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Congratulations: the customer is {tier} from now on</source>
        <translation>ยินดีด้วย ลูกค้าเลื่อนเป็นระดับ{tier}แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Connected</source>
        <translation>เชื่อมต่ออยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Copies printed</source>
        <translation>พิมพ์สำเนาแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Count again</source>
        <translation>นับใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Count all notes and coins, the float too. What the till expects is shown after the count.</source>
        <translation>นับธนบัตรและเหรียญทั้งหมด รวมเงินทอนตั้งต้น ยอดที่ควรมีจะแสดงหลังจากใส่ยอดนับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Count the drawer, type the sum, Enter · Ctrl+T = X report · Ctrl+R = day report · Esc = back</source>
        <translation>นับเงิน พิมพ์ยอด กด Enter · Ctrl+T = รายงาน X · Ctrl+R = รายงานวัน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Counted in the drawer</source>
        <translation>เงินที่นับได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Counter</source>
        <translation>หน้าเคาน์เตอร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Coupon</source>
        <translation>คูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Coupon that can be used again</source>
        <translation>คูปองที่กลับมาใช้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Coupon that ends</source>
        <translation>คูปองที่ถูกยกเลิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Coupon until {date}</source>
        <translation>คูปอง ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Coupon, signed</source>
        <translation>คูปอง (มีลายเซ็นดิจิทัล)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Coupons</source>
        <translation>คูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Coupons and points appear here once the member is known. Paper coupons: scan.</source>
        <translation>คูปองและแต้มจะขึ้นที่นี่เมื่อรู้ว่าเป็นสมาชิกคนไหน คูปองกระดาษสแกนได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Coupons given out on the day</source>
        <translation>คูปองที่ออกในวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Coupons given · used</source>
        <translation>คูปองออก · ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Coupons: find, cancel, print again</source>
        <translation>คูปอง: ค้นหา ยกเลิก พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Cover</source>
        <translation>ฝาเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Cover closed</source>
        <translation>ฝาปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Cover open</source>
        <translation>ฝาเปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Ctrl+1 … Ctrl+3 = what it prints</source>
        <translation>Ctrl+1 … Ctrl+3 = พิมพ์อะไรบ้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Ctrl+2 = it has a drawer · Ctrl+O = open it now</source>
        <translation>Ctrl+2 = ต่อลิ้นชักไว้ · Ctrl+O = เปิดลิ้นชักเดี๋ยวนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Ctrl+3 = printers</source>
        <translation>Ctrl+3 = เครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>Ctrl+F = look for the model · Ctrl+1 … Ctrl+4 = width</source>
        <translation>Ctrl+F = ค้นหารุ่น · Ctrl+1 … Ctrl+4 = ความกว้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Ctrl+N = set up a printer · Enter = change · Ctrl+T = test page · Delete = remove · Esc = back</source>
        <translation>Ctrl+N = เพิ่มเครื่องพิมพ์ · Enter = แก้ไข · Ctrl+T = หน้าทดสอบ · Delete = ลบ · Esc = ย้อนกลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Ctrl+P = papers and printers</source>
        <translation>Ctrl+P = ใบพิมพ์และเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Ctrl+P = what waits</source>
        <translation>Ctrl+P = ดูใบที่ค้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Ctrl+T = ask again</source>
        <translation>Ctrl+T = ถามอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Ctrl+T = print the page · scan its codes</source>
        <translation>Ctrl+T = พิมพ์หน้าทดสอบ · สแกนรหัสบนกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Ctrl+T opens the port and shows what comes through it.</source>
        <translation>กด Ctrl+T เพื่อเปิดพอร์ตและดูว่าส่งอะไรมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Customer gives it up</source>
        <translation>ลูกค้าไม่เอาแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Customer's display</source>
        <translation>จอลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Customer's display (second screen)</source>
        <translation>จอลูกค้า (จอที่สอง)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Cutter free</source>
        <translation>ใบมีดปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Cutter jammed</source>
        <translation>ใบมีดติด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Dark</source>
        <translation>มืด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Data</source>
        <translation>ข้อมูล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Day report</source>
        <translation>รายงานประจำวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Discounts</source>
        <translation>ส่วนลด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Do it</source>
        <translation>ทำเลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Do not print this any more</source>
        <translation>ไม่ต้องพิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Does it say when a paper is out?</source>
        <translation>เครื่องบอกได้ไหมว่าพิมพ์เสร็จแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Does not answer</source>
        <translation>ไม่ตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Does the till see whether it is open?</source>
        <translation>รู้ได้ไหมว่าลิ้นชักเปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Done for this time</source>
        <translation>ครบแล้วรอบนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Done. The balance is {points} points now.</source>
        <translation>เรียบร้อย ตอนนี้มี {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Down</source>
        <translation>ลง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Draw entries</source>
        <translation>สิทธิ์ลุ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <source>Drawer</source>
        <translation>ลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Drawer open</source>
        <translation>ลิ้นชักเปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Drawer shut</source>
        <translation>ลิ้นชักปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Drawer: {state}</source>
        <translation>ลิ้นชัก: {state}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Driver hangs</source>
        <translation>ไดรเวอร์ค้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Each {cost} take {amount} off</source>
        <translation>ทุก {cost} ลด {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Each {cost}: {name}</source>
        <translation>ครั้งละ {cost}: {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Earlier versions</source>
        <translation>รุ่นก่อน ๆ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Earned {points} point(s)</source>
        <translation>ได้ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>Either</source>
        <translation>ทั้งสองแบบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Empty the bill</source>
        <translation>ล้างบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Ends with</source>
        <translation>จบด้วย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/preview.py"/>
        <source>English paper</source>
        <translation>ใบภาษาอังกฤษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Enrol</source>
        <translation>สมัคร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Enrol a member</source>
        <translation>สมัครสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>Enrol all the same</source>
        <translation>สมัครไปเลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>Enrol another</source>
        <translation>สมัครคนถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Enrol now</source>
        <translation>สมัครเลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Enrolled</source>
        <translation>สมัครใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Enter</source>
        <translation>ตกลง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Enter = change · Ctrl+S = use from now on · Ctrl+Z = undo · Shift+Enter = new line · Esc = back</source>
        <translation>Enter = แก้ · Ctrl+S = ใช้แบบนี้ · Ctrl+Z = เลิกทำ · Shift+Enter = ขึ้นบรรทัดใหม่ · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Enter = go on · + = exact cash · Esc = back · Ctrl+Z = undo · Shift+F1 = why · F1 = all keys</source>
        <translation>Enter = ไปต่อ · + = เงินสดพอดี · Esc = ถอย · Ctrl+Z = เลิกทำ · Shift+F1 = ทำไม · F1 = ดูปุ่มทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <source>Enter = go on · Esc = one step back · nothing is kept before the last step</source>
        <translation>Enter = ทำต่อ · Esc = ย้อนกลับหนึ่งขั้น · ยังไม่บันทึกอะไรจนถึงขั้นสุดท้าย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Enter = its texts</source>
        <translation>Enter = แก้ข้อความในส่วนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = look it up</source>
        <translation>Enter = ค้นหา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = next item × {quantity}</source>
        <translation>Enter = สินค้าถัดไป × {quantity}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/drawer.py"/>
        <source>Enter = open the drawer · Esc = back to the bill</source>
        <translation>Enter = เปิดลิ้นชัก · Esc = กลับไปที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = return from this receipt</source>
        <translation>Enter = คืนสินค้าจากใบเสร็จนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = sale of {sale}   + = and exact cash</source>
        <translation>Enter = เพิ่มยอด {sale} · + = รับเงินสดพอดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Enter = send now · Esc = back</source>
        <translation>Enter = ส่งเดี๋ยวนี้ · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = the member with this phone</source>
        <translation>Enter = สมาชิกเบอร์นี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = this member</source>
        <translation>Enter = สมาชิกคนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = this person signs in next</source>
        <translation>Enter = เปลี่ยนเป็นคนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = this product</source>
        <translation>Enter = สินค้าชิ้นนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = use this coupon</source>
        <translation>Enter = ใช้คูปองนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Enter or Tab</source>
        <translation>Enter หรือ Tab</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Erase</source>
        <translation>ลบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Esc = back to the bill</source>
        <translation>Esc = กลับไปที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Everything is kept on this till and goes by itself when the line is back. Nothing is lost.</source>
        <translation>ทุกอย่างเก็บไว้ในเครื่องนี้ และจะส่งเองเมื่อเน็ตกลับมา ไม่มีอะไรหาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Everything on the paper is right.</source>
        <translation>ทุกอย่างบนกระดาษถูกต้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Everything on this bill came back already.</source>
        <translation>บิลนี้คืนครบทุกรายการแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Everything that waits goes into one file, signed by this till. It stays here too, until head office's answer is taken in.</source>
        <translation>ทุกรายการที่รอส่งจะรวมเป็นไฟล์เดียวที่เครื่องนี้ลงชื่อ และยังเก็บไว้ที่เครื่องจนกว่าจะนำคำตอบจากสำนักงานใหญ่เข้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Everything was sent. This printer cannot say more: look at the paper.</source>
        <translation>ส่งครบแล้ว เครื่องนี้บอกได้เท่านี้ ดูกระดาษที่ออกมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Everything was sent. This printer cannot say whether it printed.</source>
        <translation>ส่งครบแล้ว เครื่องนี้ยืนยันไม่ได้ว่าพิมพ์ออกมาแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Everything works; nothing is sent. To join a head office, ask it for a code and run: pos-member enrol</source>
        <translation>ใช้งานได้ทุกอย่าง แต่ไม่ส่งข้อมูลออก ถ้าจะเชื่อมสำนักงานใหญ่ ให้ขอรหัส แล้วสั่ง pos-member enrol</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Exact</source>
        <translation>พอดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Exact cash</source>
        <translation>เงินสดพอดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Exact cash: completes the bill at once</source>
        <translation>เงินสดพอดี ปิดบิลทันที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Expected</source>
        <translation>ยอดที่ควรมี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/control_row.py"/>
        <source>Exposure</source>
        <translation>การรับแสง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>F12 = head office</source>
        <translation>F12 = สำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Family name (optional)</source>
        <translation>นามสกุล (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Faster on slow lines, but every maker keeps Thai elsewhere: print the page, then type the number of the line that reads right.</source>
        <translation>เร็วกว่าบนสายที่ช้า แต่แต่ละยี่ห้อเก็บภาษาไทยไว้คนละที่ พิมพ์หน้านี้ก่อน แล้วใส่เลขของบรรทัดที่อ่านออก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>File</source>
        <translation>ไฟล์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Find</source>
        <translation>ค้นหา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Find the member · points, with a minus to take · why · Enter · Esc = back</source>
        <translation>ค้นหาสมาชิก · ใส่แต้ม ใส่ลบถ้าหัก · เหตุผล · Enter · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Finds codes with</source>
        <translation>ตัวถอดรหัสที่ใช้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Firmware</source>
        <translation>เฟิร์มแวร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>First name (optional)</source>
        <translation>ชื่อ (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>First picture after</source>
        <translation>ภาพแรกขึ้นใน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>First visit</source>
        <translation>มาครั้งแรก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Float</source>
        <translation>เงินทอนตั้งต้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/control_row.py"/>
        <source>Focus</source>
        <translation>โฟกัส</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/type_choice.py"/>
        <source>Font</source>
        <translation>ฟอนต์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>For this a manager has to sign in.</source>
        <translation>ต้องให้ผู้จัดการเข้าใช้งานก่อน จึงจะทำได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Forgot to give points</source>
        <translation>ลืมให้แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Free the cutter</source>
        <translation>แก้ใบมีดติด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>From</source>
        <translation>ตั้งแต่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>From 1 to {most} MB.</source>
        <translation>ใส่ 1 ถึง {most} MB</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>From a bill of</source>
        <translation>เมื่อซื้อครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <location filename="../../pos_member/ui/templates/type_choice.py"/>
        <source>From a file</source>
        <translation>นำเข้าจากไฟล์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>From head office</source>
        <translation>รับจากสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>From head office (kbit/s)</source>
        <translation>รับจากสำนักงานใหญ่ (kbit/s)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>From key to key</source>
        <translation>ระยะห่างระหว่างปุ่ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>From the next visit the phone number or this QR is enough to earn points.</source>
        <translation>ครั้งหน้าบอกเบอร์โทรหรือแสดง QR นี้ ก็สะสมแต้มได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>From {least} to {most} kbit/s, or empty.</source>
        <translation>ใส่ {least} ถึง {most} kbit/s หรือเว้นว่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Full cut</source>
        <translation>ตัดขาด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Full roll</source>
        <translation>ม้วนเต็ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Full: Shift+F1 says what is missing</source>
        <translation>ครบแล้ว กด Shift+F1 ดูว่าติดอะไร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Give it a name: the till calls it by this name when something is wrong.</source>
        <translation>ตั้งชื่อก่อน เวลามีปัญหาจะเรียกเครื่องด้วยชื่อนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Give the points</source>
        <translation>ให้แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>Give the reader a name, so that it is known in the list.</source>
        <translation>ตั้งชื่อเครื่องอ่านก่อน จะได้รู้ว่าเครื่องไหน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Give {points} point(s)</source>
        <translation>ให้ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Given by</source>
        <translation>ได้จาก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Given by mistake</source>
        <translation>ออกผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Given out</source>
        <translation>ออกคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Given up</source>
        <translation>ยกเลิกแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <source>Go on</source>
        <translation>ทำต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Go on changing</source>
        <translation>แก้ต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Go on loading</source>
        <translation>โหลดต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Go on without a page</source>
        <translation>ทำต่อโดยไม่มีหน้าทดสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Go on without an answer</source>
        <translation>ทำต่อแม้เครื่องไม่ตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Go on: add what was typed, pay, complete</source>
        <translation>ไปต่อ: เพิ่มที่พิมพ์ไว้ ชำระเงิน ปิดบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Good from – until</source>
        <translation>ใช้ได้ตั้งแต่ – ถึง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Grey or striped: clean the head, set more darkness in the printer, or use better paper.</source>
        <translation>จางหรือเป็นลาย: เช็ดหัวพิมพ์ เพิ่มความเข้มที่ตัวเครื่อง หรือเปลี่ยนกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Hand back as</source>
        <translation>คืนเงินเป็น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Head office</source>
        <translation>สำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Head office could not be asked: {why}</source>
        <translation>ถามสำนักงานใหญ่ไม่ได้ ({why})</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Head office could not be reached</source>
        <translation>ติดต่อสำนักงานใหญ่ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Head office could not be reached. No points were used: press again, or go on without.</source>
        <translation>ติดต่อสำนักงานใหญ่ไม่ได้ ยังไม่ได้ใช้แต้ม กดอีกครั้ง หรือขายต่อโดยไม่ใช้แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Head office did not answer. The coupon is not used: scan it again, or go on without it.</source>
        <translation>สำนักงานใหญ่ไม่ตอบ คูปองยังไม่ถูกใช้ สแกนอีกครั้ง หรือขายต่อโดยไม่ใช้คูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Head office has agreed to the points</source>
        <translation>สำนักงานใหญ่ให้ใช้แต้มได้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Head office has every bill; the close is on its way</source>
        <translation>สำนักงานใหญ่ได้รับบิลครบ กำลังส่งยอดปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Head office has the whole day, as of {when}</source>
        <translation>สำนักงานใหญ่ได้รับครบทั้งวัน ณ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Head office has this till begin a new series of numbers.</source>
        <translation>สำนักงานใหญ่ให้เครื่องนี้เริ่มชุดเลขใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Head office lacks bills that it had before.</source>
        <translation>สำนักงานใหญ่ไม่มีบิลบางส่วนที่เคยได้รับแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Head office was not asked: enrolled all the same</source>
        <translation>ไม่ได้ถามสำนักงานใหญ่ สมัครไปเลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Head office: {bills} bill(s) of the day still to send</source>
        <translation>สำนักงานใหญ่: ยังรอส่ง {bills} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Held by the bill of</source>
        <translation>บิลที่ถืออยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Help</source>
        <translation>ช่วยเหลือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Hold a code before the camera.</source>
        <translation>ยื่นรหัสให้กล้องเห็น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>How fast</source>
        <translation>ความเร็ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>How many points</source>
        <translation>เลือกจำนวนแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>How many points does the customer use?</source>
        <translation>ลูกค้าจะใช้กี่แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>How many stamps does the customer use?</source>
        <translation>ลูกค้าใช้กี่ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>How the paper is parted</source>
        <translation>การตัดกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>In kilobits a second: 1,000 is 1 Mbit/s. Empty = no limit.</source>
        <translation>หน่วยกิโลบิตต่อวินาที (1,000 = 1 Mbit/s) เว้นว่าง = ไม่จำกัด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>In use</source>
        <translation>ใช้อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>In use elsewhere</source>
        <translation>โปรแกรมอื่นใช้อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>In use, not found now</source>
        <translation>ตั้งไว้ แต่ตอนนี้ไม่พบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>In use: page {page}</source>
        <translation>ใช้อยู่: หน้า {page}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Is the cash drawer plugged into this printer?</source>
        <translation>ลิ้นชักเก็บเงินต่อกับเครื่องพิมพ์นี้ไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Is the drawer open now?</source>
        <translation>ตอนนี้ลิ้นชักเปิดอยู่ไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Is the paper complete?</source>
        <translation>กระดาษออกครบไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>It answers</source>
        <translation>ตอบได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>It does not print now</source>
        <translation>ตอนนี้ไม่พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>It does not say</source>
        <translation>เครื่องไม่บอก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>It is</source>
        <translation>คือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>It is all there</source>
        <translation>ออกครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>It is not on a stick yet. Copy it to one, take it to head office, and bring the answer (.pmdown) back.</source>
        <translation>ไฟล์ยังอยู่ในเครื่องนี้ คัดลอกลงแฟลชไดรฟ์ นำไปที่สำนักงานใหญ่ แล้วนำไฟล์คำตอบ (.pmdown) กลับมาเข้าเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>It is not printed any more.</source>
        <translation>ไม่พิมพ์ใบนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>It is printing.</source>
        <translation>กำลังพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>It is shut now</source>
        <translation>ปิดแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>It prints by itself</source>
        <translation>พิมพ์เองเมื่อมี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>It prints by itself as soon as the printer is free. Selling goes on.</source>
        <translation>เครื่องจะพิมพ์เองเมื่อเครื่องพิมพ์ว่าง ขายต่อได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>It prints its own letters, from page {page}.</source>
        <translation>ใช้ตัวอักษรของเครื่องเอง หน้า {page}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>It was done before it could be stopped.</source>
        <translation>หยุดไม่ทัน งานเสร็จไปก่อนแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Item</source>
        <translation>รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Items in all</source>
        <translation>รายการทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Its file was written before another answer came. Put the bills on the stick once more for the news.</source>
        <translation>ไฟล์นี้สร้างไว้ก่อนที่คำตอบอื่นจะมาถึง ส่งบิลออกลงแฟลชไดรฟ์อีกครั้ง แล้วนำไปสำนักงานใหญ่ จึงจะได้ข้อมูลใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Its time is over</source>
        <translation>หมดอายุแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Its wire</source>
        <translation>สายต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Jam the cutter</source>
        <translation>ทำใบมีดติด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Joined to head office</source>
        <translation>เชื่อมกับสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Keep it</source>
        <translation>เก็บไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Kept back for a used coupon {code}</source>
        <translation>หักค่าคูปองที่ใช้ไปแล้ว {code}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Kept back: the coupon of this bill was used</source>
        <translation>หักไว้ เพราะคูปองจากบิลนี้ถูกใช้ไปแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Kept. It holds from now on.</source>
        <translation>บันทึกแล้ว มีผลตั้งแต่ตอนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>Keyboard</source>
        <translation>แป้นพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Keys at the bottom</source>
        <translation>ปุ่มแถวล่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Keys of the till</source>
        <translation>ปุ่มลัดทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Khun {name}</source>
        <translation>คุณ{name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Kind, reader, time</source>
        <translation>ชนิด ตัวถอดรหัส เวลา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Kitchen slips</source>
        <translation>ใบสั่งครัว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Language of the window</source>
        <translation>ภาษาของหน้าจอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Large</source>
        <translation>ใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Large downloads</source>
        <translation>โหลดก้อนใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Large downloads at night</source>
        <translation>โหลดข้อมูลก้อนใหญ่ตอนกลางคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Large from</source>
        <translation>ก้อนใหญ่ตั้งแต่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Large from (MB)</source>
        <translation>ก้อนใหญ่ตั้งแต่ (MB)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Larger</source>
        <translation>ค่อนข้างใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Last Z again</source>
        <translation>พิมพ์ Z ล่าสุดซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Last contact</source>
        <translation>ติดต่อล่าสุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Learned: the till sees whether the drawer is open.</source>
        <translation>จำได้แล้ว: รู้ว่าลิ้นชักเปิดหรือปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Leave it as it is</source>
        <translation>ไม่เปลี่ยน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Leave out</source>
        <translation>ไม่พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Let the system eject the stick, take it to head office, and bring its answer (.pmdown) back here.</source>
        <translation>ถอดแฟลชไดรฟ์ออกอย่างปลอดภัย นำไปที่สำนักงานใหญ่ แล้วนำไฟล์คำตอบ (.pmdown) กลับมาเข้าเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Letters</source>
        <translation>ตัวอักษร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>Letters go out as pictures: Thai is right on every printer.</source>
        <translation>ส่งตัวอักษรเป็นภาพ ภาษาไทยถูกต้องทุกเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Lift every limit</source>
        <translation>ยกเลิกการจำกัดทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Light</source>
        <translation>สว่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Light or dark</source>
        <translation>จอสว่างหรือมืด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Limits of the line</source>
        <translation>จำกัดการใช้สาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Line or gap</source>
        <translation>เส้นหรือช่องว่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Line to head office</source>
        <translation>สายไปสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Lines sold on the day</source>
        <translation>รายการที่ขายในวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Listen</source>
        <translation>เปิดฟัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Listening</source>
        <translation>กำลังฟัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Loading goes on where it was.</source>
        <translation>โหลดต่อจากเดิม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Loading members · {percent}%</source>
        <translation>กำลังโหลดสมาชิก · {percent}%</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Lock</source>
        <translation>ล็อกจอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Locks itself after</source>
        <translation>ล็อกจอเองหลัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Logo</source>
        <translation>โลโก้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Look again</source>
        <translation>ค้นหาอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Look at the line · selling goes on</source>
        <translation>การเชื่อมต่อมีปัญหา · ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Look at the paper · {papers}</source>
        <translation>ดูกระดาษ · {papers} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Look at the paper: what is right?</source>
        <translation>ดูกระดาษ: อะไรถูกต้องบ้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Look at the printer: did this paper come out, all of it, down to the cut?</source>
        <translation>ดูที่เครื่องพิมพ์ ใบนี้ออกมาครบจนถึงรอยตัดไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Look for sticks again</source>
        <translation>ค้นหาแฟลชไดรฟ์อีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>Look for the model  Ctrl+F</source>
        <translation>ค้นหารุ่น  Ctrl+F</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Look right</source>
        <translation>ดูด้านขวา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Looking for cameras …</source>
        <translation>กำลังค้นหากล้อง …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Looking for printers at this machine …</source>
        <translation>กำลังหาเครื่องพิมพ์ที่ต่อกับเครื่องนี้ …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Looking for serial readers …</source>
        <translation>กำลังค้นหาเครื่องอ่านแบบพอร์ตอนุกรม …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Looking whether Thai comes out right in it…</source>
        <translation>กำลังตรวจว่าฟอนต์นี้พิมพ์ภาษาไทยได้ถูกต้อง…</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Maker</source>
        <translation>ยี่ห้อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Making up to the customer</source>
        <translation>ชดเชยให้ลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Many printers never answer. That is all right: the till then says “sent”, not “printed”.</source>
        <translation>หลายเครื่องไม่ตอบเลย ใช้ได้ตามปกติ เพียงแต่จะขึ้นว่า “ส่งแล้ว” แทน “พิมพ์แล้ว”</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Marks in the wrong place: go back, More settings, Pictures again.</source>
        <translation>สระวรรณยุกต์ผิดที่: ย้อนกลับ เลือก ตั้งค่าเพิ่มเติม แล้วกลับไปใช้ภาพ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>May the till ask it how it is?</source>
        <translation>ถามสภาพเครื่องพิมพ์ได้ไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Member</source>
        <translation>สมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Member card</source>
        <translation>บัตรสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Member code from the app</source>
        <translation>รหัสสมาชิกจากแอป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Member code, signed</source>
        <translation>รหัสสมาชิก (มีลายเซ็นดิจิทัล)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>Member number</source>
        <translation>เลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Member {name}</source>
        <translation>สมาชิก คุณ{name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Members</source>
        <translation>สมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Members enrolled</source>
        <translation>สมาชิกใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Members enrolled on the day</source>
        <translation>สมาชิกที่สมัครในวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Members served</source>
        <translation>สมาชิกที่มา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Missing from the drawer</source>
        <translation>เงินขาด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Mobile phone</source>
        <translation>เบอร์มือถือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Model</source>
        <translation>รุ่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>Model and paper</source>
        <translation>รุ่นและกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Money in the drawer to begin with</source>
        <translation>เงินทอนตั้งต้นในลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>More in the drawer than expected</source>
        <translation>เงินเกิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>More settings</source>
        <translation>ตั้งค่าเพิ่มเติม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Must be printed: {what}</source>
        <translation>ต้องพิมพ์: {what}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Name</source>
        <translation>ชื่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Name and work</source>
        <translation>ชื่อและหน้าที่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Name, as the till calls it</source>
        <translation>ชื่อที่ใช้เรียกเครื่องพิมพ์นี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Name, phone or member number</source>
        <translation>ชื่อ เบอร์โทร หรือเลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Nearly a barcode: a digit is wrong</source>
        <translation>คล้ายบาร์โค้ด แต่มีตัวเลขผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Nearly a coupon: a digit is wrong</source>
        <translation>คล้ายคูปอง แต่มีตัวเลขผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Nearly a member card: a digit is wrong</source>
        <translation>คล้ายบัตรสมาชิก แต่มีตัวเลขผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Nearly a receipt: a digit is wrong</source>
        <translation>คล้ายใบเสร็จ แต่มีตัวเลขผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Nearly a staff badge: a digit is wrong</source>
        <translation>คล้ายบัตรพนักงาน แต่มีตัวเลขผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Nearly used up</source>
        <translation>ใกล้หมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Net sales</source>
        <translation>ยอดขายสุทธิ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Network</source>
        <translation>เครือข่าย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Never ask</source>
        <translation>ไม่ต้องถาม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>New</source>
        <translation>ใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>News by LINE</source>
        <translation>ข่าวทาง LINE</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>News by SMS</source>
        <translation>ข่าวทาง SMS</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>News by e-mail</source>
        <translation>ข่าวทางอีเมล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>News taken in</source>
        <translation>ข้อมูลใหม่ที่รับเข้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Next item × {quantity}</source>
        <translation>ชิ้นถัดไป × {quantity}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Night begins</source>
        <translation>เริ่มกลางคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Night ends</source>
        <translation>สิ้นสุดกลางคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>No</source>
        <translation>ไม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>No answer of head office was found. Plug in the stick that head office gave back and look again.</source>
        <translation>ไม่พบไฟล์คำตอบจากสำนักงานใหญ่ เสียบแฟลชไดรฟ์ที่สำนักงานใหญ่ส่งกลับมา แล้วกดค้นหาอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>No bill is parked</source>
        <translation>ไม่มีบิลที่พักไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>No bills yet</source>
        <translation>ยังไม่มีบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>No camera</source>
        <translation>ไม่พบกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>No camera found. Plug one in and look again.</source>
        <translation>ไม่พบกล้อง เสียบกล้องแล้วค้นหาอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>No camera is in use</source>
        <translation>ยังไม่ได้ใช้กล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/seeing.py"/>
        <source>No camera is set up: Ctrl+, and Ctrl+9</source>
        <translation>ยังไม่ได้ตั้งกล้อง: กด Ctrl+, แล้ว Ctrl+9</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>No coupon was printed with this bill.</source>
        <translation>บิลนี้ไม่มีคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>No line has this number. Look at the paper.</source>
        <translation>ไม่มีบรรทัดเลขนี้ ดูเลขบนกระดาษอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>No logo</source>
        <translation>ไม่ใช้โลโก้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>No longer waited for. The page may still come out: look at the printer.</source>
        <translation>เลิกรอแล้ว กระดาษอาจยังออกมา ดูที่เครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>No member</source>
        <translation>ไม่ใช่สมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>No member found. F2 enrols a new one in ten seconds.</source>
        <translation>ไม่พบสมาชิก กด F2 สมัครใหม่ได้ใน 10 วินาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>No member on this bill</source>
        <translation>บิลนี้ยังไม่มีสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>No paper needs a look</source>
        <translation>ใบพิมพ์เรียบร้อย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>No printer of this till prints receipts. Tick “Receipts” here or at another one.</source>
        <translation>ยังไม่มีเครื่องไหนพิมพ์ใบเสร็จ เลือก “ใบเสร็จ” ที่เครื่องนี้หรือเครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>No printer yet. Ctrl+N looks for one; the virtual printer does as well (pos-member printer-sim).</source>
        <translation>ยังไม่มีเครื่องพิมพ์ กด Ctrl+N เพื่อค้นหา หรือใช้เครื่องพิมพ์จำลอง (pos-member printer-sim)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>No product with this in its name.</source>
        <translation>ไม่พบสินค้าชื่อนี้ ลองพิมพ์คำอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>No program was in any bill of the day</source>
        <translation>วันนี้ยังไม่มีโปรโมชันในบิลใด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>No reader was taught yet. The till knows fast readers all the same; teach it yours to be sure.</source>
        <translation>ยังไม่ได้สอนเครื่องอ่าน เครื่องอ่านที่ส่งเร็วใช้ได้อยู่แล้ว แต่สอนไว้จะแม่นกว่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>No serial reader found. Plug it in; it may have to be set to “USB COM” by a code in its booklet.</source>
        <translation>ไม่พบเครื่องอ่านแบบพอร์ตอนุกรม เสียบสายก่อน บางรุ่นต้องสแกนรหัส “USB COM” ในคู่มือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>No shift is open</source>
        <translation>ยังไม่เปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>No stick that can be written was found. Plug one in, unlocked, and look again, or choose a folder.</source>
        <translation>ไม่พบแฟลชไดรฟ์ที่เขียนได้ ปลดล็อกกันเขียน เสียบแล้วกดค้นหาอีกครั้ง หรือเลือกโฟลเดอร์อื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>No such model. A general one of the same width does as well.</source>
        <translation>ไม่มีรุ่นนี้ ใช้รุ่นทั่วไปที่กว้างเท่ากันแทนได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>No, it stayed shut</source>
        <translation>ไม่เปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>Nobody at this branch may approve this. Ask head office.</source>
        <translation>สาขานี้ไม่มีผู้ที่อนุมัติได้ กรุณาติดต่อสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Nobody is enrolled with {phone}</source>
        <translation>เบอร์ {phone} ยังไม่ได้เป็นสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Nobody is set up at this branch yet. Head office adds people.</source>
        <translation>สาขานี้ยังไม่มีพนักงานในระบบ ให้สำนักงานใหญ่เพิ่มก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Nobody: it waits</source>
        <translation>ไม่มี: รอเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>Nobody: they wait</source>
        <translation>ไม่มี: รอไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>None</source>
        <translation>ไม่พัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>None left: put in a new roll</source>
        <translation>หมดแล้ว: ใส่ม้วนใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>None of them</source>
        <translation>ไม่เอา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>None read yet. Coupons use the size in the middle.</source>
        <translation>ยังไม่ได้อ่าน คูปองใช้ขนาดกลาง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>None, then choose</source>
        <translation>ล้าง แล้วเลือกเอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>None: camera off</source>
        <translation>ไม่ใช้กล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Normal</source>
        <translation>ปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Not allowed</source>
        <translation>ยังไม่มีสิทธิ์ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Not among the members this till holds, and head office could not be asked: {why}.
Enter asks again, F2 enrols all the same.</source>
        <translation>ไม่อยู่ในสมาชิกที่เครื่องนี้มี และถามสำนักงานใหญ่ไม่ได้ ({why})
กด Enter ถามอีกครั้ง หรือ F2 สมัครไปเลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Not among the members this till holds.
For a member of another branch type the whole phone or member number, or scan the card: head office is asked.
F2 enrols a new one.</source>
        <translation>ไม่อยู่ในสมาชิกที่เครื่องนี้มี
ถ้าเป็นสมาชิกสาขาอื่น พิมพ์เบอร์โทรหรือเลขสมาชิกให้ครบทุกหลัก หรือสแกนบัตร เครื่องจะถามสำนักงานใหญ่ให้
ถ้ายังไม่เป็นสมาชิก กด F2 สมัครใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Not among the members this till holds. Head office is being asked.</source>
        <translation>ไม่อยู่ในสมาชิกที่เครื่องนี้มี กำลังถามสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Not asked</source>
        <translation>ยังไม่ได้ถาม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Not asked any more</source>
        <translation>เลิกรอคำตอบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Not in use</source>
        <translation>ไม่ได้ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Not installed</source>
        <translation>ยังไม่ได้ติดตั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/brought_by.py"/>
        <source>Not known here, and head office could not be asked: {why}. Enter asks again, or leave it empty.</source>
        <translation>ไม่รู้จักที่นี่ และถามสำนักงานใหญ่ไม่ได้ ({why}) Enter = ถามอีกครั้ง หรือเว้นว่างไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Not known here. Head office is being asked.</source>
        <translation>ที่นี่ไม่รู้จัก กำลังถามสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Not listening</source>
        <translation>ยังไม่ได้ฟัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Not now</source>
        <translation>ไว้ก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Not opened</source>
        <translation>ไม่ได้เปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Not plugged in</source>
        <translation>ไม่ได้เสียบอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Not printed</source>
        <translation>ไม่ได้พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Not printed yet</source>
        <translation>ยังไม่ได้พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Not printed yet: letters cannot be chosen.</source>
        <translation>ยังไม่ได้พิมพ์ จึงยังเลือกไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Not reachable</source>
        <translation>ติดต่อไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Not reached</source>
        <translation>ติดต่อไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Not shown</source>
        <translation>ไม่แสดง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Not told</source>
        <translation>ไม่ระบุ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>Noted: the paper is all there.</source>
        <translation>บันทึกแล้วว่ากระดาษออกครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Nothing (silence)</source>
        <translation>ไม่มี (เงียบ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Nothing answers at this address. Is the printer on, the cable in, the address right?</source>
        <translation>ไม่มีอะไรตอบที่ที่อยู่นี้ ดูว่าเปิดเครื่องพิมพ์แล้ว เสียบสายแล้ว และใส่ที่อยู่ถูกต้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Nothing by itself</source>
        <translation>ไม่พิมพ์เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Nothing fits this</source>
        <translation>ไม่มีรายการที่ตรงกับที่พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Nothing found at this machine. Type the printer's address.</source>
        <translation>ไม่พบเครื่องพิมพ์ที่ต่อกับเครื่องนี้ ใส่ที่อยู่ของเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Nothing in it is new.</source>
        <translation>ไม่มีข้อมูลใหม่ในไฟล์นี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Nothing is chosen yet: → takes one of this line, Ctrl+A takes all.</source>
        <translation>ยังไม่ได้เลือกรายการคืน กด → เพิ่มทีละชิ้น หรือ Ctrl+A คืนทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Nothing of the bill is left</source>
        <translation>คืนครบทั้งบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Nothing to undo</source>
        <translation>ไม่มีอะไรให้เลิกทำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Nothing to use now. Coupons on paper: just scan them.</source>
        <translation>ตอนนี้ยังไม่มีสิทธิ์ให้ใช้ คูปองกระดาษสแกนได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Nothing waits to be sent</source>
        <translation>ส่งข้อมูลครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Nothing waits: head office has everything</source>
        <translation>ไม่มีอะไรค้าง สำนักงานใหญ่ได้รับครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Nothing was changed: this holds already.</source>
        <translation>ไม่มีอะไรเปลี่ยน ใช้ค่านี้อยู่แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Nothing was printed yet</source>
        <translation>ยังไม่มีใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Now push the drawer shut, then say so.</source>
        <translation>ดันลิ้นชักปิด แล้วกดบอก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Number</source>
        <translation>เลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Number of the line that is right</source>
        <translation>เลขของบรรทัดที่อ่านออก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Of</source>
        <translation>ของเลขที่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Offline</source>
        <translation>ออฟไลน์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Offline · selling as usual</source>
        <translation>ออฟไลน์ · ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Offline · selling as usual · {bills} bill(s) to send</source>
        <translation>ออฟไลน์ · ขายได้ตามปกติ · รอส่ง {bills} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Offline · selling as usual · {items} item(s) to send</source>
        <translation>ออฟไลน์ · ขายได้ตามปกติ · รอส่ง {items} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Offline, selling as usual</source>
        <translation>ออฟไลน์ ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>On another open bill of this till</source>
        <translation>อยู่ในบิลอื่นที่เปิดไว้ในเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>On the paper</source>
        <translation>บนกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>One less</source>
        <translation>ลดหนึ่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>One less of this line</source>
        <translation>ลดรายการนี้หนึ่งชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>One less, one more of that line</source>
        <translation>ลดหรือเพิ่มจำนวนของรายการนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>One more</source>
        <translation>เพิ่มหนึ่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>One more needs</source>
        <translation>บิลถัดไปต้องมี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>One more of this line</source>
        <translation>เพิ่มรายการนี้หนึ่งชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>One page shows whether width, black and Thai are right.</source>
        <translation>หน้าเดียวบอกได้ว่าความกว้าง ความดำ และภาษาไทยถูกต้องไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>One step back; the bill is never lost</source>
        <translation>ถอยหนึ่งขั้น บิลไม่หาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Online</source>
        <translation>ออนไลน์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Online · all sent</source>
        <translation>ออนไลน์ · ส่งครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Online · look at the line (F12)</source>
        <translation>ออนไลน์ · ดูสถานะสาย (F12)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Online · {items} to send</source>
        <translation>ออนไลน์ · รอส่ง {items} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>Only if the customer asks for it</source>
        <translation>เลือกเฉพาะเมื่อลูกค้าขอรับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Only rows with</source>
        <translation>แสดงเฉพาะแถวที่มี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Only {points} point(s) are free now</source>
        <translation>ตอนนี้ใช้ได้อีก {points} แต้มเท่านั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Only {points} point(s) are free now, {held} are held at a till without a line</source>
        <translation>ตอนนี้ใช้ได้อีก {points} แต้ม อีก {held} แต้มกันไว้ให้เครื่องอื่นที่ขาดการติดต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Only {points} point(s) are free now, {held} are held at another till until {when} at the latest</source>
        <translation>ตอนนี้ใช้ได้อีก {points} แต้ม อีก {held} แต้มกันไว้ให้เครื่องอื่น ถึง {when} น. เป็นอย่างช้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Open drawer</source>
        <translation>เปิดลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Open since {when}</source>
        <translation>เปิดรอบเมื่อ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Open the cash drawer</source>
        <translation>เปิดลิ้นชักเก็บเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Open the cover</source>
        <translation>เปิดฝา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <location filename="../../pos_member/ui/screens/drawer.py"/>
        <source>Open the drawer</source>
        <translation>เปิดลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Open the drawer now</source>
        <translation>เปิดลิ้นชักเดี๋ยวนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Open the shift</source>
        <translation>เปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Open: close it</source>
        <translation>เปิดอยู่: ปิดฝาก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Opened</source>
        <translation>เปิดแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Opened by</source>
        <translation>ผู้เปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Opening</source>
        <translation>กำลังเปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Opening the camera …</source>
        <translation>กำลังเปิดกล้อง …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Opening the port …</source>
        <translation>กำลังเปิดพอร์ต …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Opening the till … scans are kept</source>
        <translation>กำลังเปิดเครื่อง … สแกนได้เลย ระบบเก็บไว้ให้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Opening …</source>
        <translation>กำลังเปิด …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Or another file (.pmdown)</source>
        <translation>หรือไฟล์อื่น (.pmdown)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Or another folder</source>
        <translation>หรือโฟลเดอร์อื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Order slip</source>
        <translation>ใบสั่งสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Other discounts</source>
        <translation>ส่วนลดอื่น ๆ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Other printer</source>
        <translation>เครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Out of order</source>
        <translation>เครื่องเสีย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Out of paper</source>
        <translation>กระดาษหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Owes {points} point(s) from a return</source>
        <translation>ค้างคืน {points} แต้มจากการคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>PIN</source>
        <translation>รหัส PIN</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>PIN · Enter · Esc = back to the bill, nobody changes</source>
        <translation>PIN · Enter · Esc = กลับไปที่บิล คนขายคนเดิม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>POS Member</source>
        <translation>POS Member</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Paid</source>
        <translation>จ่ายจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Paid so far: {what}</source>
        <translation>รับแล้ว: {what}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Paid {amount}</source>
        <translation>ชำระแล้ว {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Paid, no change</source>
        <translation>รับเงินพอดี ไม่มีทอน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Paper</source>
        <translation>ใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Paper in</source>
        <translation>มีกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Paper lost</source>
        <translation>คูปองหาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Paper nearly used up</source>
        <translation>กระดาษใกล้หมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Paper out</source>
        <translation>กระดาษหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Paper templates</source>
        <translation>แบบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Paper templates are a manager's work: ask one to sign in.</source>
        <translation>การแก้แบบพิมพ์เป็นงานของผู้จัดการ ให้ผู้จัดการลงชื่อเข้าใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>Papers</source>
        <translation>ใบเสร็จและใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Papers at the printer, and what waits</source>
        <translation>ใบที่เครื่องพิมพ์ และใบที่ค้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Papers that wait for it go to another printer that prints the same, or wait.</source>
        <translation>กระดาษที่รอเครื่องนี้จะไปพิมพ์ที่เครื่องอื่นที่พิมพ์แบบเดียวกัน หรือรอไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Park</source>
        <translation>พักบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>Parked. F5 on an empty bill takes it up again.</source>
        <translation>พักบิลแล้ว กด F5 ตอนบิลว่างเพื่อเรียกกลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Part of the paper</source>
        <translation>ส่วนของกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Part of the product's name</source>
        <translation>ส่วนหนึ่งของชื่อสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Partial cut</source>
        <translation>ตัดเกือบขาด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Pause after each band, for printers that lose lines</source>
        <translation>พักระหว่างแถบภาพ สำหรับเครื่องที่พิมพ์ขาดบรรทัด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Pay</source>
        <translation>ชำระเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Pay {amount}</source>
        <translation>ชำระ {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Perhaps not opened</source>
        <translation>อาจไม่ได้เปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Phone</source>
        <translation>เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Phone and consent are enough</source>
        <translation>มีเบอร์โทรและความยินยอมก็สมัครได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Phone number</source>
        <translation>เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Phone or member number</source>
        <translation>เบอร์โทรหรือเลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Phone · + when the customer agrees · Enter · the rest can come later · a scanned card = who brought them</source>
        <translation>เบอร์โทร · + เมื่อลูกค้ายินยอม · Enter · ที่เหลือกรอกทีหลังได้ · สแกนบัตร = ผู้แนะนำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Picture of the test page</source>
        <translation>ภาพหน้าทดสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Pictures again (safe)</source>
        <translation>กลับไปใช้ภาพ (แน่นอนกว่า)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Pin 2 (usual)</source>
        <translation>ขา 2 (ปกติ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Pin 5</source>
        <translation>ขา 5</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Please pay by PromptPay</source>
        <translation>กรุณาชำระด้วยพร้อมเพย์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Points</source>
        <translation>แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Points added to bill {number}</source>
        <translation>สะสมแต้มให้บิล {number} แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Points after the bill</source>
        <translation>สะสมแต้มย้อนหลัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Points given</source>
        <translation>แต้มที่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Points given back</source>
        <translation>คืนแต้มที่ใช้ไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Points given out</source>
        <translation>แต้มที่แจก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Points moved on the day</source>
        <translation>แต้มเข้าออกของวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Points now</source>
        <translation>แต้มตอนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Points still owed, taken from the next bill</source>
        <translation>แต้มค้างหัก จะหักจากบิลถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Points taken back</source>
        <translation>หักแต้มที่เคยได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Points to add, with a minus to take</source>
        <translation>แต้มที่เพิ่ม (ใส่ลบถ้าหัก)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Points used</source>
        <translation>แต้มที่ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Points used: {points}</source>
        <translation>ใช้แต้ม {points}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Points: only with head office's word</source>
        <translation>ใช้แต้มได้เมื่อออนไลน์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Port</source>
        <translation>พอร์ต</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Power off</source>
        <translation>ปิดเครื่องอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Power on</source>
        <translation>เปิดเครื่องอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Practice</source>
        <translation>โหมดฝึก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Practice: nothing here is real</source>
        <translation>โหมดฝึก ไม่ใช่ข้อมูลจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Press Ctrl+O: the drawer should spring open. Then answer here.</source>
        <translation>กด Ctrl+O ลิ้นชักควรเด้งออก แล้วตอบที่นี่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Press its button</source>
        <translation>กดปุ่มเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>Press when the customer agrees</source>
        <translation>กดเมื่อลูกค้ายินยอม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Price</source>
        <translation>ราคา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Print X report</source>
        <translation>พิมพ์รายงาน X</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Print a copy</source>
        <translation>พิมพ์สำเนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Print a sample</source>
        <translation>พิมพ์ตัวอย่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>Print again</source>
        <translation>พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Print again, as a copy</source>
        <translation>พิมพ์ใหม่เป็นสำเนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Print it</source>
        <translation>พิมพ์ส่วนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Print it after all</source>
        <translation>พิมพ์ใบนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Print it again</source>
        <translation>พิมพ์อีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Print it at another printer</source>
        <translation>พิมพ์ที่เครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/printer_picker.py"/>
        <source>Print it at which printer?</source>
        <translation>พิมพ์ที่เครื่องไหน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Print now</source>
        <translation>พิมพ์เดี๋ยวนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the coupon again</source>
        <translation>พิมพ์คูปองซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the member card again</source>
        <translation>พิมพ์บัตรสมาชิกซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Print the page of lines</source>
        <translation>พิมพ์หน้าเลือกบรรทัด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the receipt again</source>
        <translation>พิมพ์ใบเสร็จซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the return slip again</source>
        <translation>พิมพ์ใบคืนซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Print the test page</source>
        <translation>พิมพ์หน้าทดสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Printed</source>
        <translation>พิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Printed anew</source>
        <translation>พิมพ์ใบใหม่แทนแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Printer</source>
        <translation>เครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Printer ready</source>
        <translation>เครื่องพิมพ์พร้อม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Printer: {name}</source>
        <translation>เครื่องพิมพ์: {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Printers</source>
        <translation>เครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Printing</source>
        <translation>กำลังพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Printing · {papers}</source>
        <translation>กำลังพิมพ์ {papers} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Printing …</source>
        <translation>กำลังพิมพ์ …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Prints</source>
        <translation>พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Product</source>
        <translation>สินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Products</source>
        <translation>สินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Program</source>
        <translation>โปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Programs</source>
        <translation>โปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>PromptPay</source>
        <translation>พร้อมเพย์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>PromptPay code</source>
        <translation>คิวอาร์พร้อมเพย์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Pulse</source>
        <translation>ความยาวสัญญาณ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Put in a field</source>
        <translation>ใส่ช่องข้อมูล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Put in a new roll</source>
        <translation>ใส่ม้วนใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Put it into the text</source>
        <translation>ใส่ลงในข้อความ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Put it on the stick</source>
        <translation>เขียนลงแฟลชไดรฟ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Put off. What has come is kept; bills are sent as always.</source>
        <translation>พักไว้แล้ว ที่โหลดมายังเก็บไว้ บิลส่งตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Put on the bill</source>
        <translation>ใส่ในบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Put points right</source>
        <translation>ปรับแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Put right</source>
        <translation>ปรับแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Put the bills on the stick once more and take them to head office: then they count.</source>
        <translation>ส่งบิลออกลงแฟลชไดรฟ์อีกครั้ง แล้วนำไปสำนักงานใหญ่ จึงจะนับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Put the bills on the stick once more, this time from further back, and take it to head office.</source>
        <translation>ส่งบิลออกลงแฟลชไดรฟ์อีกครั้ง รอบนี้จะย้อนหลังมากขึ้น แล้วนำไปสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Put the load off</source>
        <translation>พักการโหลดไว้ก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>QR code of member {number}</source>
        <translation>QR ของสมาชิกเลขที่ {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Qty</source>
        <translation>จำนวน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Queue failed</source>
        <translation>คิวล้มเหลว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Queue stopped</source>
        <translation>คิวหยุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Reached with this bill</source>
        <translation>ครบแล้วในบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Reached, but silent</source>
        <translation>ติดต่อได้ แต่ไม่ตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Read</source>
        <translation>อ่านได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>Read or show this to the customer</source>
        <translation>อ่านหรือให้ลูกค้าดูข้อความนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/readers.py"/>
        <source>Read: {code} · {meaning}</source>
        <translation>อ่านได้: {code} · {meaning}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/seeing.py"/>
        <source>Read: {meaning}</source>
        <translation>อ่านได้: {meaning}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Reader</source>
        <translation>เครื่องอ่าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/readers.py"/>
        <source>Reader that types</source>
        <translation>เครื่องอ่านแบบแป้นพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Readers of this till</source>
        <translation>เครื่องอ่านของเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Ready</source>
        <translation>พร้อม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Ready, paper runs low</source>
        <translation>พร้อม กระดาษใกล้หมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Real sales</source>
        <translation>ขายจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Receipt</source>
        <translation>ใบเสร็จ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Receipt, tax invoice</source>
        <translation>ใบเสร็จ / ใบกำกับภาษี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Receipts</source>
        <translation>ใบเสร็จ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_detail.py"/>
        <source>Receipts, coupons, slips and reports stand here as soon as there is one.</source>
        <translation>ใบเสร็จ คูปอง ใบคืน และรายงานจะมาอยู่ที่นี่เมื่อมีการพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Redeemed</source>
        <translation>แลกไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Redo</source>
        <translation>ทำซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Release its button</source>
        <translation>ปล่อยปุ่มเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Remove</source>
        <translation>ลบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Remove it</source>
        <translation>ลบออก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>Remove this reader</source>
        <translation>ลบเครื่องอ่านนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Remove {printer}?</source>
        <translation>ลบ {printer} ไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Removed. Ctrl+Z brings it back.</source>
        <translation>ลบแล้ว กด Ctrl+Z เพื่อเอากลับมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Reports faults by itself</source>
        <translation>แจ้งปัญหาเอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Reprint</source>
        <translation>พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Return</source>
        <translation>คืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Return now</source>
        <translation>คืนครั้งนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Return slip</source>
        <translation>ใบคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Return this bill</source>
        <translation>คืนบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Return {amount}</source>
        <translation>คืน {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Return {number} of bill {bill}</source>
        <translation>ใบคืน {number} ของบิล {bill}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Returned</source>
        <translation>คืนเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Returned. Hand the customer</source>
        <translation>คืนเรียบร้อย จ่ายเงินคืนลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Returns</source>
        <translation>คืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Roll is full</source>
        <translation>ม้วนเต็ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Roll near its end</source>
        <translation>กระดาษใกล้หมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Room</source>
        <translation>พื้นที่ว่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Ruler</source>
        <translation>ไม้บรรทัด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Ruler cut off or too short: go back and choose another width.</source>
        <translation>ไม้บรรทัดขาดหรือสั้นไป: ย้อนกลับไปเลือกความกว้างอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Sale</source>
        <translation>ขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Sales</source>
        <translation>ยอดขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/chart.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Sales by hour</source>
        <translation>ยอดขายรายชั่วโมง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/chart.py"/>
        <source>Sales by hour; busiest at {hour}:00</source>
        <translation>ยอดขายรายชั่วโมง ขายดีที่สุดช่วง {hour}:00 น.</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Save and use</source>
        <translation>บันทึกและใช้งาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Saved: {path}</source>
        <translation>บันทึกแล้วที่ {path}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Say why: head office reads it.</source>
        <translation>ใส่เหตุผลด้วย สำนักงานใหญ่จะอ่าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Says when a paper is out</source>
        <translation>บอกเมื่อพิมพ์เสร็จ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Scan / phone / amount</source>
        <translation>สแกน / เบอร์โทร / ยอดเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>Scan a code, or type something to compare</source>
        <translation>สแกนรหัส หรือลองพิมพ์เทียบดู</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Scan a coupon · Ctrl+K = print it again · Ctrl+T = cancel it · Esc = back</source>
        <translation>สแกนคูปอง · Ctrl+K = พิมพ์ซ้ำ · Ctrl+T = ยกเลิก · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Scan a coupon, or type its 16 digits. You then see who gave it, where it was used and what is left.</source>
        <translation>สแกนคูปอง หรือพิมพ์เลข 16 หลัก แล้วจะเห็นว่าใครให้ ใช้ที่ไหน และเหลือใช้ได้กี่ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Scan a coupon, or type its number first.</source>
        <translation>สแกนคูปองหรือพิมพ์เลขคูปองก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Scan any code with this reader.</source>
        <translation>สแกนรหัสอะไรก็ได้ด้วยเครื่องอ่านนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Scan anything to see what comes · Ctrl+T = teach the till a reader · Tab = the list · Esc = back</source>
        <translation>สแกนอะไรก็ได้เพื่อดูว่าได้อะไร · Ctrl+T = สอนเครื่องอ่าน · Tab = รายการ · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Scan or type on: that begins the next bill</source>
        <translation>สแกนหรือพิมพ์ต่อได้เลย จะเริ่มบิลใหม่ให้เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Scan the card, or type the phone number</source>
        <translation>สแกนบัตร หรือพิมพ์เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Scan the card, or type the phone · Enter = give the points · Esc = back</source>
        <translation>สแกนบัตร หรือพิมพ์เบอร์โทร · Enter = ให้แต้ม · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Scan the codes on the paper with this till's reader or camera</source>
        <translation>สแกนรหัสบนกระดาษด้วยเครื่องอ่านหรือกล้องของเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Scan the coupon, or type its number</source>
        <translation>สแกนคูปอง หรือพิมพ์เลขคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Scan the receipt · Enter = return all that is left · ← → = fewer or more of a line · Esc = back</source>
        <translation>ยิงใบเสร็จ · Enter = คืนทั้งหมดที่เหลือ · ← → = ลดหรือเพิ่มจำนวน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Scan the receipt, or type part of the number</source>
        <translation>ยิงใบเสร็จ หรือพิมพ์บางส่วนของเลขที่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Scan the receipt, or type the bill number</source>
        <translation>ยิงใบเสร็จ หรือพิมพ์เลขที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Scan the same code {left} more time(s)</source>
        <translation>สแกนรหัสเดิมอีก {left} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Scan to pay by PromptPay</source>
        <translation>สแกนจ่ายด้วยพร้อมเพย์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Scan, phone number, code or amount</source>
        <translation>ช่องสแกน พิมพ์เบอร์โทร รหัส หรือยอดเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/readers.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Scanners</source>
        <translation>เครื่องอ่านและกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Scanners: camera and readers, what they send</source>
        <translation>เครื่องอ่านและกล้อง ดูว่าส่งอะไรมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>See the papers</source>
        <translation>ดูใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>See what waits</source>
        <translation>ดูรายการที่รอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Seen</source>
        <translation>พบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Sell</source>
        <translation>ขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Selling goes on and everything is kept on this till. Tell your support what stands below.</source>
        <translation>ขายต่อได้ ทุกอย่างเก็บไว้ในเครื่องนี้ ให้แจ้งผู้ดูแลระบบตามข้อความด้านล่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Selling works without a shift too. With one, the till says at the end whether the drawer agrees.</source>
        <translation>ไม่เปิดรอบก็ขายได้ แต่ถ้าเปิดรอบ ตอนปิดเครื่องจะบอกได้ว่าเงินในลิ้นชักตรงหรือไม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Send now</source>
        <translation>ส่งเดี๋ยวนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Sending</source>
        <translation>กำลังส่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Sending · {items} left</source>
        <translation>กำลังส่ง · เหลือ {items} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Sent</source>
        <translation>ส่งแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Sent, asking the printer</source>
        <translation>ส่งแล้ว กำลังถามเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Sent; this printer cannot confirm</source>
        <translation>ส่งแล้ว เครื่องนี้ยืนยันผลไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Serial number</source>
        <translation>หมายเลขเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Serial port</source>
        <translation>พอร์ตอนุกรม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/readers.py"/>
        <source>Serial reader</source>
        <translation>เครื่องอ่านพอร์ตอนุกรม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Set aside at head office</source>
        <translation>สำนักงานใหญ่พักไว้ตรวจ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Set up a printer</source>
        <translation>เพิ่มเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Settings</source>
        <translation>ตั้งค่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Shift</source>
        <translation>รอบขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Shift report</source>
        <translation>ใบปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/found_card.py"/>
        <source>Show the data in clear (recorded)</source>
        <translation>ดูข้อมูลเต็ม (มีบันทึก)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Show your member code, or tell us your phone number, and earn points</source>
        <translation>แสดงรหัสสมาชิก หรือบอกเบอร์โทร เพื่อสะสมแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Shown</source>
        <translation>แสดง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Shut the drawer</source>
        <translation>ปิดลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Sign in</source>
        <translation>เข้าใช้งาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>Silence</source>
        <translation>เงียบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>Size and weight</source>
        <translation>ขนาดและความหนาตัวอักษร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>Size of the QR code</source>
        <translation>ขนาดคิวอาร์โค้ด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Small</source>
        <translation>เล็ก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Sold</source>
        <translation>ขายไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Somebody looked at the paper.</source>
        <translation>มีคนดูกระดาษแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Somebody of this shop decides about its papers</source>
        <translation>ให้พนักงานของสาขานี้ยืนยัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Somebody should look at this</source>
        <translation>มีเรื่องที่ต้องดู</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Something is missing on this machine for this kind of connection. Set the printer up again: it says what.</source>
        <translation>เครื่องนี้ยังขาดบางอย่างสำหรับการต่อแบบนี้ ตั้งค่าเครื่องพิมพ์ใหม่ แล้วจะบอกว่าขาดอะไร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>Speed (9600 suits most; USB readers do not mind)</source>
        <translation>ความเร็ว (ส่วนใหญ่ใช้ 9600 แบบ USB ใช้ค่าไหนก็ได้)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Staff badge</source>
        <translation>บัตรพนักงาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Stamps</source>
        <translation>ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Stamps given back</source>
        <translation>คืนดวงให้ลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Stamps still owed, taken from the next bill</source>
        <translation>ดวงที่ยังค้าง หักจากบิลถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Stamps taken back</source>
        <translation>หักดวงคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Stand in a text first: the field is put where the cursor is.</source>
        <translation>ไปที่ช่องข้อความก่อน ช่องข้อมูลจะใส่ตรงเคอร์เซอร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>State</source>
        <translation>สถานะ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Still missing</source>
        <translation>ยังขาด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>Still to send</source>
        <translation>ยังรอส่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Stop</source>
        <translation>หยุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>Stop listening</source>
        <translation>หยุดฟัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Stop looking</source>
        <translation>หยุดค้นหา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Stop teaching</source>
        <translation>หยุดสอน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Stopped before it began. Nothing was changed.</source>
        <translation>หยุดก่อนเริ่ม ยังไม่มีอะไรเปลี่ยน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Stopped. There is no half file: begin again when you like.</source>
        <translation>หยุดแล้ว ไม่มีไฟล์ค้างครึ่ง ๆ เริ่มใหม่ได้ทุกเมื่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Stopped. What was taken in so far is kept: take the file in again when you like.</source>
        <translation>หยุดแล้ว ส่วนที่นำเข้าแล้วเก็บไว้แล้ว นำไฟล์เดิมเข้าใหม่ได้เมื่อพร้อม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Stopping: what is being written right now is ended first.</source>
        <translation>กำลังหยุด ขอเขียนส่วนที่กำลังเขียนอยู่ให้จบก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Suits it</source>
        <translation>ใช้กับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Supervisor</source>
        <translation>หัวหน้างาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Switch it off</source>
        <translation>ปิดเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Switch it on</source>
        <translation>เปิดเครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Switch the camera off</source>
        <translation>ปิดกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Sync</source>
        <translation>ซิงก์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>System queue</source>
        <translation>คิวของระบบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>Tab = next field · Enter = keep, and it holds at once · Esc = back</source>
        <translation>Tab = ช่องถัดไป · Enter = บันทึกและใช้ทันที · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Tab and Enter open what a figure is made of · Ctrl+← Ctrl+→ another day · Esc = back</source>
        <translation>กด Tab แล้ว Enter เพื่อดูที่มาของตัวเลข · Ctrl+← Ctrl+→ เปลี่ยนวัน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Take goods back</source>
        <translation>คืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Take it in</source>
        <translation>นำเข้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Take that line off</source>
        <translation>ลบรายการนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Take the line off</source>
        <translation>ลบรายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Take the member off the bill</source>
        <translation>เอาสมาชิกออกจากบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Take the paper out</source>
        <translation>เอากระดาษออก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Takes no data</source>
        <translation>ไม่รับข้อมูล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Takes over</source>
        <translation>เครื่องสำรอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>Teach a reader</source>
        <translation>สอนเครื่องอ่าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Tell us your phone number to earn points</source>
        <translation>บอกเบอร์โทรเพื่อสะสมแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Templates of the papers</source>
        <translation>แบบพิมพ์ของแต่ละใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Test page</source>
        <translation>หน้าทดสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Text or product number</source>
        <translation>ข้อความหรือรหัสสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Thai marks</source>
        <translation>สระวรรณยุกต์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/preview.py"/>
        <source>Thai paper</source>
        <translation>ใบภาษาไทย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Thai, Kedmanee</source>
        <translation>ไทย เกษมณี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>Thai, Pattachote</source>
        <translation>ไทย ปัตตะโชติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Thank you</source>
        <translation>ขอบคุณที่อุดหนุน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>That is no member: scan the card, or type the whole phone number.</source>
        <translation>ไม่ใช่สมาชิก สแกนบัตร หรือพิมพ์เบอร์โทรให้ครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The X report is printing. The shift goes on.</source>
        <translation>กำลังพิมพ์รายงาน X รอบยังเปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>The answer is in.</source>
        <translation>นำคำตอบเข้าแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>The answer says what head office holds by now, and brings its news: members, prices, programs.</source>
        <translation>คำตอบบอกว่าสำนักงานใหญ่ได้รับถึงไหนแล้ว พร้อมข้อมูลใหม่: สมาชิก ราคา โปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>The camera is gone</source>
        <translation>กล้องหลุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>The camera is on</source>
        <translation>กล้องทำงานอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The camera's picture on or off</source>
        <translation>เปิดหรือซ่อนภาพจากกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>The card is printing</source>
        <translation>กำลังพิมพ์บัตรสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>The cash drawer is open.</source>
        <translation>ลิ้นชักเก็บเงินเปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The count cannot be changed afterwards.</source>
        <translation>บันทึกแล้วแก้ยอดนับไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>The coupon can no longer be used.</source>
        <translation>ยกเลิกคูปองแล้ว ใช้ไม่ได้อีก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>The coupon is on the bill</source>
        <translation>ใช้คูปองกับบิลนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>The coupon is printing, marked as copy {number}.</source>
        <translation>กำลังพิมพ์คูปอง (สำเนาที่ {number})</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>The customer agrees to membership</source>
        <translation>ลูกค้ายินยอมเป็นสมาชิกแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>The customer may photograph this</source>
        <translation>ให้ลูกค้าถ่ายรูปเก็บไว้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>The customer scans {amount}; complete the bill when the money has arrived</source>
        <translation>ให้ลูกค้าสแกนจ่าย {amount} เงินเข้าแล้วค่อยปิดบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The customer's display on</source>
        <translation>เปิดจอลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The drawer agrees</source>
        <translation>เงินตรง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/drawer.py"/>
        <source>The drawer opens.</source>
        <translation>สั่งเปิดลิ้นชักแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The file is complete.</source>
        <translation>ไฟล์ครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>The file is whole and on the stick.</source>
        <translation>เขียนไฟล์ครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>The file is whole.</source>
        <translation>เขียนไฟล์ครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>The file is written completely.</source>
        <translation>เขียนไฟล์ครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>The file that papers go to cannot be written. Choose another place in the printer's set-up, or close the program that has it open.</source>
        <translation>เขียนไฟล์ที่เก็บงานพิมพ์ไม่ได้ เลือกที่เก็บอื่นในการตั้งค่าเครื่องพิมพ์ หรือปิดโปรแกรมที่เปิดไฟล์นั้นอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>The font is good: this paper is shown in it now</source>
        <translation>ฟอนต์นี้ใช้ได้ กระดาษแสดงด้วยฟอนต์นี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>The highest tier</source>
        <translation>ระดับสูงสุดแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>The larger ones are read. That is enough for coupons.</source>
        <translation>อ่านขนาดใหญ่ได้ พอสำหรับคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The last Z report again</source>
        <translation>พิมพ์รายงาน Z ล่าสุดซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>The load over the line stops after the part that is coming; then the answer is taken in.</source>
        <translation>กำลังพักการโหลดผ่านสาย รอส่วนที่กำลังมาให้จบ แล้วจะนำคำตอบเข้าต่อทันที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>The member of this bill is {name} now · Ctrl+Z = the one before</source>
        <translation>บิลนี้เปลี่ยนเป็นของ {name} แล้ว · Ctrl+Z = คนเดิม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The member with this phone</source>
        <translation>สมาชิกเบอร์นี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The next product five times</source>
        <translation>สินค้าชิ้นถัดไป 5 ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>The night has to end at another time than it begins.</source>
        <translation>เวลาสิ้นสุดต้องไม่ตรงกับเวลาเริ่ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>The other printer prints it.</source>
        <translation>ส่งให้เครื่องอื่นพิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>The page is on its way to the printer …</source>
        <translation>กำลังส่งหน้าทดสอบไปเครื่องพิมพ์ …</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/preview.py"/>
        <source>The paper as it will be printed</source>
        <translation>หน้าตากระดาษที่จะพิมพ์จริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>The person chosen types their PIN here.</source>
        <translation>ให้ผู้อนุมัติที่เลือกพิมพ์ PIN ตรงนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/seeing.py"/>
        <source>The picture is hidden, codes are still read. Ctrl+K shows it.</source>
        <translation>ซ่อนภาพแล้ว กล้องยังอ่านรหัสอยู่ กด Ctrl+K เพื่อแสดง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The print head is too hot. Wait a minute, then try again.</source>
        <translation>หัวพิมพ์ร้อนเกินไป รอสักครู่แล้วลองอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>The printer confirmed it: it had worked through all of it when it answered.</source>
        <translation>เครื่องพิมพ์ยืนยันแล้วว่าทำใบนี้จบก่อนตอบกลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>The printer confirmed this paper by its own number.</source>
        <translation>เครื่องพิมพ์ยืนยันแล้วว่าใบนี้ออกครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>The printer could not be asked</source>
        <translation>ถามเครื่องพิมพ์ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>The printer does not answer here</source>
        <translation>ไม่มีเครื่องพิมพ์ตอบที่นี่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>The printer does not see this drawer; it opens all the same. Not shut yet? Ctrl+O asks again.</source>
        <translation>เครื่องพิมพ์มองไม่เห็นลิ้นชักนี้ แต่ยังสั่งเปิดได้ตามปกติ ถ้าเมื่อกี้ยังไม่ได้ดันปิด กด Ctrl+O ลองใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>The printer has it and waits</source>
        <translation>อยู่ที่เครื่องพิมพ์แล้ว รอกระดาษหรือปิดฝา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The printer has no paper. Put in a roll, then try again.</source>
        <translation>กระดาษหมด ใส่ม้วนใหม่แล้วลองอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The printer is off line. Press its button until it is ready, then try again.</source>
        <translation>เครื่องพิมพ์ยังไม่พร้อม กดปุ่มที่เครื่องจนพร้อม แล้วลองอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>The printer says nothing of it</source>
        <translation>เครื่องพิมพ์ไม่บอก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The printer says: it has done everything.</source>
        <translation>เครื่องพิมพ์ตอบว่า ทำครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The printer says: it is on paper.</source>
        <translation>เครื่องพิมพ์ตอบว่า พิมพ์ลงกระดาษแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The printer was unplugged. Plug it in, then try again.</source>
        <translation>สายเครื่องพิมพ์หลุด เสียบใหม่แล้วลองอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>The printer's address is wrong. Set the printer up again and search for it.</source>
        <translation>ที่อยู่เครื่องพิมพ์ไม่ถูกต้อง ตั้งค่าใหม่แล้วกดค้นหา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The printer's cover is open. Close it, then try again.</source>
        <translation>ฝาเครื่องพิมพ์เปิดอยู่ ปิดฝาแล้วลองอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>The printer's model is not known. Set the printer up again and choose one.</source>
        <translation>ไม่รู้จักรุ่นของเครื่องพิมพ์นี้ ตั้งค่าใหม่แล้วเลือกรุ่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>The printer's own letters</source>
        <translation>ตัวอักษรของเครื่องพิมพ์เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The printers: change, test page, drawer</source>
        <translation>เครื่องพิมพ์: แก้ไข ทดสอบ ลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>The pulse was sent. Whether the drawer opened is seen at the drawer; it is never sent twice.</source>
        <translation>สั่งเปิดไปแล้ว ดูที่ลิ้นชักว่าเปิดไหม ระบบไม่สั่งซ้ำเอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>The pulse was sent: the drawer should be open.</source>
        <translation>ส่งสัญญาณแล้ว ลิ้นชักควรเปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>The receipt is in, its news are not.</source>
        <translation>รับใบตอบแล้ว แต่ข้อมูลใหม่ยังไม่เข้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>The report is for supervisors and managers. Change the cashier with F10 to see it.</source>
        <translation>รายงานนี้สำหรับหัวหน้างานและผู้จัดการ กด F10 เปลี่ยนผู้ใช้เพื่อดู</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>The return slip is printing</source>
        <translation>กำลังพิมพ์ใบคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>The sample goes to the printer of receipts, marked as not real</source>
        <translation>กำลังส่งตัวอย่างไปเครื่องพิมพ์ใบเสร็จ มีป้ายบอกว่าไม่ใช่เอกสารจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>The sample is printed</source>
        <translation>พิมพ์ตัวอย่างแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/router.py"/>
        <source>The scan is kept: answer the question first</source>
        <translation>เก็บการสแกนไว้แล้ว ตอบคำถามก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/router.py"/>
        <source>The scan is kept: sign in to use it</source>
        <translation>เก็บที่สแกนไว้แล้ว เข้าใช้งานก่อนแล้วระบบจะใช้ให้เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/router.py"/>
        <source>The scan is kept: the PIN first, or Esc</source>
        <translation>เก็บการสแกนไว้แล้ว ใส่ PIN ก่อน หรือกด Esc</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The shift report is printing</source>
        <translation>กำลังพิมพ์ใบปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>The system has passed it on to the printer.</source>
        <translation>ระบบส่งต่อให้เครื่องพิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>The system is on Thai and tells no physical keys: the code was worked back from letters. Better: English while scanning, or the reader on a serial port.</source>
        <translation>ระบบเปิดแป้นภาษาไทยและไม่บอกเลขปุ่มจริง จึงแปลงรหัสกลับจากตัวอักษร ให้แน่ใจกว่านี้: ใช้ภาษาอังกฤษตอนสแกน หรือต่อเครื่องอ่านแบบพอร์ตอนุกรม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>The system's print queue is stopped. Start it in the system's printer settings; printing goes on by itself.</source>
        <translation>คิวพิมพ์ของระบบหยุดอยู่ เปิดคิวในตั้งค่าเครื่องพิมพ์ของระบบ แล้วจะพิมพ์เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>The system's print queue passed everything on. Nobody can say more than that.</source>
        <translation>คิวพิมพ์ของระบบส่งต่อครบแล้ว ยืนยันมากกว่านี้ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>The system's print queue reports a failure. Look at the paper, then say whether it is all there.</source>
        <translation>คิวพิมพ์ของระบบแจ้งว่าพิมพ์ไม่สำเร็จ ดูกระดาษก่อน แล้วบอกว่าออกครบไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>The template of this paper cannot be used. Go back to the one that comes with the program under Paper templates, or install the program again.</source>
        <translation>แบบพิมพ์ของเอกสารนี้ใช้ไม่ได้ กลับไปใช้แบบที่มากับโปรแกรมในหน้าแบบพิมพ์ หรือติดตั้งโปรแกรมใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/type_choice.py"/>
        <source>The type that the whole paper is printed in</source>
        <translation>ตัวพิมพ์ที่ใช้ทั้งกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>There is one screen only: the display is a window behind this one. Push it to where customers look.</source>
        <translation>มีจอเดียว จอลูกค้าจึงเปิดเป็นหน้าต่างอยู่หลังจอนี้ ลากไปไว้ในตำแหน่งที่ลูกค้าเห็น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>There is paper</source>
        <translation>มีกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>They may be a member of another branch. Enrolled again they would be a member twice, with their points apart.</source>
        <translation>อาจเป็นสมาชิกจากสาขาอื่นอยู่แล้ว ถ้าสมัครใหม่จะเป็นสมาชิกซ้ำสองครั้งและแต้มแยกกัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>This answer is older, or was taken in before. Nothing was changed. Look for a newer file.</source>
        <translation>คำตอบนี้เก่า หรือเคยนำเข้าแล้ว ไม่มีอะไรเปลี่ยน หาไฟล์ที่ใหม่กว่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>This bill earns {points} point(s)</source>
        <translation>บิลนี้ได้ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>This bill is open already</source>
        <translation>เปิดบิลนี้อยู่แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>This can take some seconds.</source>
        <translation>อาจใช้เวลาสักครู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>This code is not complete or not ours</source>
        <translation>รหัสไม่ครบ หรือไม่ใช่รหัสของร้าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>This fits the reader: give it a name</source>
        <translation>ตั้งค่าให้พอดีกับเครื่องอ่านแล้ว ตั้งชื่อได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>This is how it should look</source>
        <translation>ควรออกมาแบบนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>This is not on the bill that comes back</source>
        <translation>สินค้านี้ไม่มีในบิลที่คืน เทียบกับใบเสร็จอีกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/main_window.py"/>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>This is not set up on this till</source>
        <translation>เครื่องนี้ยังไม่ได้ตั้งค่าส่วนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>This member's card was not printed at this till.</source>
        <translation>บัตรของสมาชิกคนนี้ไม่ได้พิมพ์จากเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>This paper as a PDF file</source>
        <translation>เก็บใบนี้เป็นไฟล์ PDF</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>This paper has no {word}. Ctrl+I lists what it has.</source>
        <translation>ใบนี้ไม่มีช่องข้อมูล {word} กด Ctrl+I เพื่อดูที่มี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>This paper is all there</source>
        <translation>ใบนี้ออกครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>This shop has no programs yet</source>
        <translation>ร้านนี้ยังไม่มีโปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>This till</source>
        <translation>เครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>This till does not know this card, and head office could not be asked</source>
        <translation>เครื่องนี้ไม่รู้จักบัตรนี้ และถามสำนักงานใหญ่ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>This till does not know {phone}, and head office could not be asked</source>
        <translation>เครื่องนี้ไม่รู้จักเบอร์ {phone} และถามสำนักงานใหญ่ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>This till prints nothing yet</source>
        <translation>เครื่องนี้ยังไม่พิมพ์อะไร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>This till works alone</source>
        <translation>เครื่องนี้ทำงานเดี่ยว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>This was a person typing</source>
        <translation>นี่คือคนพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>This was a reader</source>
        <translation>นี่คือเครื่องอ่าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>This was {reader}</source>
        <translation>นี่คือ{reader}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>This way only takes papers and never answers. That is all right: the till says so honestly.</source>
        <translation>ทางนี้รับงานอย่างเดียว ไม่ตอบกลับ ใช้ได้ตามปกติ และจะบอกตามจริงว่าส่งแล้วเท่านั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Three at ฿45</source>
        <translation>3 ชิ้น ชิ้นละ ฿45</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>Throw the changes away</source>
        <translation>ทิ้งที่แก้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>Tick what is right. For what is not, the next step is said here.</source>
        <translation>เลือกสิ่งที่ถูกต้อง ส่วนที่ไม่ถูก จะบอกวิธีแก้ที่นี่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Tier</source>
        <translation>ระดับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>Tier afterwards</source>
        <translation>ระดับหลังคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Till {label}</source>
        <translation>เครื่อง {label}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Time</source>
        <translation>เวลา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Times</source>
        <translation>คูณ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>To</source>
        <translation>ถึง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>To a file</source>
        <translation>บันทึกเป็นไฟล์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>To hand back</source>
        <translation>เงินที่ต้องคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>To head office</source>
        <translation>ส่งไปสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>To head office (kbit/s)</source>
        <translation>ส่งไปสำนักงานใหญ่ (kbit/s)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>To pay</source>
        <translation>ยอดชำระ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>To receive</source>
        <translation>ยอดที่ต้องรับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <source>To teach one: Ctrl+T, then scan one code three times.</source>
        <translation>จะสอน: กด Ctrl+T แล้วสแกนรหัสเดิมสามครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>To use on this bill</source>
        <translation>สิทธิ์ที่ใช้ได้กับบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>To {company}. Check the name and the amount before you confirm.</source>
        <translation>โอนเข้า {company} ตรวจชื่อและยอดก่อนกดยืนยัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Today</source>
        <translation>วันนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Told to open</source>
        <translation>สั่งเปิดแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Too hot</source>
        <translation>หัวพิมพ์ร้อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Too many wrong PINs. Try again in {minutes}:{seconds}.</source>
        <translation>ใส่ PIN ผิดหลายครั้ง ลองใหม่ได้ในอีก {minutes}:{seconds} นาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Torn off by hand</source>
        <translation>ฉีกด้วยมือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Total</source>
        <translation>ยอดรวม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Try it each time</source>
        <translation>ลองถามทุกครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Try the other pin, then a longer pulse, and look at the drawer's cable and lock.</source>
        <translation>ลองขาอื่น แล้วลองสัญญาณยาวขึ้น และดูสายกับกุญแจของลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Trying now. What cannot go stays here and goes later.</source>
        <translation>กำลังลองส่ง ที่ยังส่งไม่ได้จะเก็บไว้และส่งภายหลัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Type a whole number</source>
        <translation>พิมพ์เป็นจำนวนเต็ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Type a whole number of points, such as 50 or -50.</source>
        <translation>พิมพ์จำนวนแต้มเป็นเลขเต็ม เช่น 50 หรือ -50</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Type an address, or choose a printer from the list.</source>
        <translation>ใส่ที่อยู่ หรือเลือกเครื่องพิมพ์จากรายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Type an address, or ↓ and choose from the list</source>
        <translation>ใส่ที่อยู่ หรือกด ↓ เลือกจากรายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Type part of a name or of a reason</source>
        <translation>พิมพ์ชื่อโปรโมชันหรือเหตุผลบางส่วน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Type part of a name, phone or number · ↑ ↓ choose · Enter = use on the bill · Esc = back</source>
        <translation>พิมพ์บางส่วนของชื่อ เบอร์ หรือเลขสมาชิก · ↑ ↓ เลือก · Enter = ใช้กับบิล · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Type the customer's phone number first.</source>
        <translation>พิมพ์เบอร์โทรของลูกค้าก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Type the number, with or without dashes</source>
        <translation>พิมพ์เบอร์ มีขีดหรือไม่มีก็ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Type two characters or more: part of the name, the last digits of the phone, or the number.</source>
        <translation>พิมพ์อย่างน้อย 2 ตัว เช่น บางส่วนของชื่อ เลขท้ายเบอร์โทร หรือเลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>US (English)</source>
        <translation>อังกฤษ (US)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>USB</source>
        <translation>สาย USB</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Under way. Selling goes on.</source>
        <translation>กำลังทำอยู่ ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Undo</source>
        <translation>เลิกทำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Undo; after a bill, return that bill</source>
        <translation>เลิกทำ หลังปิดบิลแล้ว = คืนบิลนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Undone</source>
        <translation>เลิกทำแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Unknown model</source>
        <translation>ไม่รู้จักรุ่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Unplugged</source>
        <translation>สายหลุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Until now it was at {printer}; from now on it is here.</source>
        <translation>เดิมลิ้นชักต่อกับ {printer} ต่อไปนี้ใช้ที่เครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Up</source>
        <translation>ขึ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Up to 7 digits = amount · 10 digits = phone</source>
        <translation>ไม่เกิน 7 หลัก = ยอดเงิน · 10 หลัก = เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Up to {most}</source>
        <translation>ไม่เกิน {most}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Usable again after a return</source>
        <translation>กลับมาใช้ได้เพราะคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>Use from now on</source>
        <translation>ใช้แบบนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Use on the bill</source>
        <translation>ใช้กับบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Use only part of the points</source>
        <translation>ใช้แต้มแค่บางส่วน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Use or take off the n-th coupon or reward</source>
        <translation>ใช้หรือเลิกใช้คูปองหรือสิทธิ์ลำดับนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Use the points</source>
        <translation>ใช้แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Use the stamps</source>
        <translation>ใช้ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>Use this camera</source>
        <translation>ใช้กล้องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>Use this member</source>
        <translation>ใช้สมาชิกคนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Use this version again</source>
        <translation>กลับมาใช้รุ่นนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Used</source>
        <translation>ใช้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/asking_online.py"/>
        <source>Used as far as this till may</source>
        <translation>ใช้เท่าที่เครื่องนี้ให้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Used on this bill</source>
        <translation>ใช้กับบิลนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Used on this bill, to be checked</source>
        <translation>ใช้กับบิลนี้แล้ว รอตรวจสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Uses left</source>
        <translation>ใช้ได้อีก (ครั้ง)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Uses {cost}</source>
        <translation>ใช้ {cost}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Uses {cost}, to be checked</source>
        <translation>ใช้ {cost} รอตรวจสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>VAT inside</source>
        <translation>VAT ในยอด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Version</source>
        <translation>รุ่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/consent_card.py"/>
        <source>Version {version}</source>
        <translation>ฉบับ {version}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/words.py"/>
        <source>Very large</source>
        <translation>ใหญ่มาก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Virtual printer</source>
        <translation>เครื่องพิมพ์จำลอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Void by a return</source>
        <translation>ใช้ไม่ได้เพราะคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Void: the bill that gave it came back</source>
        <translation>โมฆะ: บิลที่ให้คูปองถูกคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Vowels and tone marks on that line</source>
        <translation>สระวรรณยุกต์ของบรรทัดนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>Waiting for a job</source>
        <translation>รองานพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>Waiting for the printer's answer</source>
        <translation>รอเครื่องพิมพ์ตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Waits for its cover</source>
        <translation>รอปิดฝา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Waits for paper</source>
        <translation>รอใส่กระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>Waits for the printer</source>
        <translation>รอพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Waits until the load over the line has ended: {percent}% so far. Selling goes on. To take the answer in first, put the load off: what has come of it is kept.</source>
        <translation>รอการโหลดผ่านสายให้เสร็จก่อน ตอนนี้ {percent}% ขายได้ตามปกติ ถ้าอยากนำคำตอบเข้าก่อนให้กดพักการโหลด ส่วนที่โหลดมาแล้วไม่หาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>Waits until the talk with head office that is going on has ended. Selling goes on.</source>
        <translation>รอให้การรับส่งกับสำนักงานใหญ่รอบนี้จบก่อน ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Way</source>
        <translation>ทางต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>Welcome</source>
        <translation>ยินดีต้อนรับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/enrolled_card.py"/>
        <source>Welcome, the member is enrolled</source>
        <translation>สมัครสมาชิกเรียบร้อยแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>What</source>
        <translation>ประเภท</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>What can be typed</source>
        <translation>พิมพ์อะไรได้บ้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>What each program did on the day</source>
        <translation>ผลของแต่ละโปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>What ends a code</source>
        <translation>จบรหัสด้วย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>What few printers need</source>
        <translation>สำหรับบางเครื่องเท่านั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>What happened to it</source>
        <translation>ประวัติคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>What holds now</source>
        <translation>ที่ใช้อยู่ตอนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>What is printed there</source>
        <translation>สิ่งที่จะพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>What it answered</source>
        <translation>เครื่องตอบว่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>What it is</source>
        <translation>ชนิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>What the printer says</source>
        <translation>เครื่องพิมพ์บอกว่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>What waited is on its way. Selling goes on.</source>
        <translation>กำลังส่งรายการที่ค้าง ขายต่อได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <source>What was sold since then waits for the line, or the next stick.</source>
        <translation>บิลที่ขายหลังจากนั้นรอส่งทางสาย หรือแฟลชไดรฟ์รอบหน้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>When it cannot begin, its papers go to</source>
        <translation>ถ้าเริ่มพิมพ์ไม่ได้ ให้ไปพิมพ์ที่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <location filename="../../pos_member/ui/carrying/words.py"/>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>Where</source>
        <translation>ที่ไหน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>Where is the printer?</source>
        <translation>เครื่องพิมพ์อยู่ที่ไหน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Where should the file go?</source>
        <translation>จะเก็บไฟล์ไว้ที่ไหน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Which answer of head office?</source>
        <translation>จะนำคำตอบจากสำนักงานใหญ่ไฟล์ไหนเข้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Which line is right? Type its number.</source>
        <translation>บรรทัดไหนอ่านออก ใส่เลขของบรรทัดนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>Which parked bill?</source>
        <translation>เรียกบิลไหนกลับมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>While selling</source>
        <translation>ระหว่างขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Who for</source>
        <translation>ลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Who is at the till?</source>
        <translation>ใครอยู่ที่เครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Why</source>
        <translation>เหตุผล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Why (optional)</source>
        <translation>เหตุผล (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Why each program is in the bill or not</source>
        <translation>ทำไมแต่ละโปรโมชันได้หรือไม่ได้ในบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Why it is cancelled</source>
        <translation>เหตุผลที่ยกเลิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Why this bill gets what it gets</source>
        <translation>ทำไมบิลนี้ได้เท่านี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Why?</source>
        <translation>ทำไม?</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>Width</source>
        <translation>ความกว้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>Width of the roll</source>
        <translation>ความกว้างม้วนกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>Windows printer</source>
        <translation>เครื่องพิมพ์ Windows</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Wire is high</source>
        <translation>สัญญาณสูง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Wire is low</source>
        <translation>สัญญาณต่ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>With a next-bill coupon, until {date}</source>
        <translation>แถมคูปองบิลถัดไป ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>With bill</source>
        <translation>ออกพร้อมบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>With {count} next-bill coupons</source>
        <translation>แถมคูปองบิลถัดไป {count} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Without a drawer there is nothing to try. Go on with Enter.</source>
        <translation>ไม่มีลิ้นชักก็ไม่ต้องลอง กด Enter ทำต่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Works alone</source>
        <translation>ทำงานเครื่องเดียว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>Written</source>
        <translation>เขียนเมื่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>Written as</source>
        <translation>เขียนว่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printer_faults.py"/>
        <source>Wrong address</source>
        <translation>ที่อยู่ไม่ถูก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Wrong bill or member</source>
        <translation>ผิดบิลหรือผิดคน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>X report: the shift stays open</source>
        <translation>รายงาน X รอบยังเปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Yes</source>
        <translation>ใช่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <source>Yes, by number</source>
        <translation>ได้ เป็นเลขงาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <source>Yes, it is open</source>
        <translation>เปิดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <source>You can go on and try it when it is on. Nothing is printed until then.</source>
        <translation>ทำต่อได้ แล้วค่อยลองเมื่อเครื่องเปิด ระหว่างนี้จะยังไม่พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/readers.py"/>
        <source>You can look and try everything here. To change something, a manager has to sign in.</source>
        <translation>ดูและลองได้ทุกอย่าง ถ้าจะเปลี่ยนค่า ให้ผู้จัดการเข้าใช้งาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>You can look at this. To change it, a manager has to sign in.</source>
        <translation>ดูได้ แต่ถ้าจะแก้ ต้องให้ผู้จัดการเข้าใช้งาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>You earned {points} point(s)</source>
        <translation>ได้รับ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>a supervisor's word</source>
        <translation>หัวหน้างานอนุมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>always</source>
        <translation>ต้องมี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>another system's code</source>
        <translation>รหัสของระบบอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>another till</source>
        <translation>เครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>any time</source>
        <translation>เวลาไหนก็ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>as it came</source>
        <translation>แบบเดิมของโปรแกรม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>as of {when}</source>
        <translation>ณ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>as of {when} · {points} here since</source>
        <translation>ณ {when} · เครื่องนี้ {points}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>as pictures</source>
        <translation>เป็นภาพ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>as this till knows</source>
        <translation>เท่าที่เครื่องนี้ทราบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>at least two characters</source>
        <translation>อย่างน้อย 2 ตัวอักษร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>at most {points} points at a time, on record</source>
        <translation>ครั้งละไม่เกิน {points} แต้ม มีบันทึก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>bar code of goods</source>
        <translation>บาร์โค้ดสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>brought by {name}</source>
        <translation>แนะนำโดย {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>can be used</source>
        <translation>ใช้ได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>closed</source>
        <translation>ปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>code</source>
        <translation>รหัสนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>command line</source>
        <translation>บรรทัดคำสั่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>coupon</source>
        <translation>คูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>coupon code</source>
        <translation>รหัสคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>damaged code</source>
        <translation>รหัสที่อ่านได้ไม่ครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>dashed: {date}</source>
        <translation>เส้นประ: {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>does not apply</source>
        <translation>ไม่เข้าเงื่อนไข</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>find, cancel, print again</source>
        <translation>ค้นหา ยกเลิก พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>for example a cashier, a number, a barcode</source>
        <translation>เช่น ชื่อพนักงาน เลขที่ หรือบาร์โค้ด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>for example latte</source>
        <translation>เช่น ลาเต้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>for example {time}</source>
        <translation>เช่น {time}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>for example: reader at the counter</source>
        <translation>เช่น เครื่องอ่านหน้าเคาน์เตอร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>for example: tea, Wednesday</source>
        <translation>เช่น ชา หรือ วันพุธ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>from this till alone; the rest is not known here yet</source>
        <translation>เฉพาะที่ได้จากเครื่องนี้ ยอดเต็มยังไม่มาจากสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>from {before} to {after} points</source>
        <translation>จาก {before} เป็น {after} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>in English</source>
        <translation>ภาษาอังกฤษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>in Thai</source>
        <translation>ภาษาไทย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>in this bill</source>
        <translation>ได้ในบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>it no longer counts as a visit</source>
        <translation>ไม่นับเป็นการมาซื้อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>items wait, {bills} bill(s) among them</source>
        <translation>รายการที่รอส่ง เป็นบิล {bills} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>items wait, {bills} bill(s) among them, since {when}</source>
        <translation>รายการที่รอส่ง เป็นบิล {bills} ใบ ตั้งแต่ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>its own</source>
        <translation>ของเครื่องเอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>kept to {date}</source>
        <translation>อยู่ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>left out</source>
        <translation>ไม่พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>member card</source>
        <translation>บัตรสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>member code</source>
        <translation>รหัสสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>member code from the app</source>
        <translation>รหัสสมาชิกจากแอป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>name of the maker or model</source>
        <translation>ยี่ห้อหรือรุ่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>no</source>
        <translation>ไม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>no answer</source>
        <translation>ไม่มีคำตอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>no limit</source>
        <translation>ไม่จำกัด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/not_asked.py"/>
        <source>no line</source>
        <translation>ต่อเน็ตไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>none works here</source>
        <translation>ไม่มีตัวไหนใช้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>none yet</source>
        <translation>ยังไม่เคย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/port_card.py"/>
        <source>none: only whole codes count</source>
        <translation>ไม่มี นับเฉพาะรหัสที่ครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>not printed</source>
        <translation>ยังไม่ได้พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>not this time</source>
        <translation>ครั้งนี้ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/reader_form.py"/>
        <source>nothing</source>
        <translation>ไม่มี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>nothing reported</source>
        <translation>ไม่มีแจ้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>nothing yet</source>
        <translation>ยังไม่มี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>now {points}</source>
        <translation>คงเหลือ {points}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>of this till only</source>
        <translation>เฉพาะเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>on every line: {what}</source>
        <translation>ทุกรายการ: {what}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>on the bills of the day; returns are not taken off</source>
        <translation>จากบิลของวัน ยังไม่หักการคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>on the day of the bill, once</source>
        <translation>ภายในวันที่ของบิล ครั้งเดียว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>open</source>
        <translation>เปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>or choose one of the last bills</source>
        <translation>หรือเลือกจากบิลล่าสุดด้านล่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>or scan the card</source>
        <translation>หรือสแกนบัตร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>phone number</source>
        <translation>เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>phone, number or card</source>
        <translation>เบอร์โทร เลข หรือบัตร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>plugged in</source>
        <translation>ต่ออยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>plugged in here, pin {pin}</source>
        <translation>ต่ออยู่ ขา {pin}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>plugged in, open now</source>
        <translation>ต่ออยู่ ตอนนี้เปิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>points</source>
        <translation>แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>points ≈ {worth}</source>
        <translation>แต้ม ≈ {worth}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>printed</source>
        <translation>พิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>read from the characters</source>
        <translation>อ่านจากตัวอักษร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>read from the keys</source>
        <translation>อ่านจากเลขปุ่ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>ready</source>
        <translation>พร้อม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>receipt</source>
        <translation>ใบเสร็จ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>returned {count} time(s) before</source>
        <translation>เคยคืนแล้ว {count} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/printers.py"/>
        <source>runs low</source>
        <translation>ใกล้หมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>something is missing</source>
        <translation>ยังขาดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/part_form.py"/>
        <source>squares of {size} mm</source>
        <translation>ช่องละ {size} มม.</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/words.py"/>
        <source>staff badge</source>
        <translation>ป้ายพนักงาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>stick</source>
        <translation>แฟลชไดรฟ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>the first {count} row(s)</source>
        <translation>{count} แถวแรก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>the sum of notes and coins</source>
        <translation>ยอดรวมธนบัตรและเหรียญ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>this machine</source>
        <translation>เครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>this till</source>
        <translation>เครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>type its path</source>
        <translation>พิมพ์ที่อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>what happened, and who asked</source>
        <translation>เกิดอะไรขึ้น ใครขอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <location filename="../../pos_member/ui/templates/edit_page.py"/>
        <source>yes</source>
        <translation>ใช่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>{amount} from {time}</source>
        <translation>{amount} เปิดเมื่อ {time}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>{begin}…{end} ({count} characters)</source>
        <translation>{begin}…{end} ({count} ตัว)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/control_row.py"/>
        <source>{control}: automatic</source>
        <translation>{control}: อัตโนมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{cost} used</source>
        <translation>ใช้แล้ว {cost}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{cost} used, to be checked</source>
        <translation>ใช้แล้ว {cost} รอตรวจสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} bill(s)</source>
        <translation>{count} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} bill(s) with points given afterwards</source>
        <translation>สะสมแต้มย้อนหลัง {count} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>{count} camera(s) found</source>
        <translation>พบกล้อง {count} ตัว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>{count} command(s) not understood</source>
        <translation>คำสั่งที่ไม่รู้จัก {count} คำสั่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>{count} coupon(s) to use</source>
        <translation>มีคูปองใช้ได้ {count} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} item(s) not sent yet</source>
        <translation>รอส่ง {count} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} item(s) not sent yet, since {when}</source>
        <translation>รอส่ง {count} รายการ ตั้งแต่ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>{count} minute(s)</source>
        <translation>{count} นาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>{count} more</source>
        <translation>อีก {count} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>{count} more cannot print.</source>
        <translation>อีก {count} เครื่องก็พิมพ์ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/goals_strip.py"/>
        <source>{count} more mission(s): Shift+F1</source>
        <translation>อีก {count} ภารกิจ กด Shift+F1</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/words.py"/>
        <source>{count} more printers</source>
        <translation>อีก {count} เครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>{count} next-bill coupon(s) for you, until {date}</source>
        <translation>คูปองบิลหน้า {count} ใบ ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{count} of them</source>
        <translation>มี {count} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>{count} of {all} read</source>
        <translation>อ่านได้ {count} จาก {all}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} paper(s) not printed or in doubt</source>
        <translation>มี {count} ใบที่ยังไม่พิมพ์หรือไม่แน่ใจ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} piece(s)</source>
        <translation>{count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/find_step.py"/>
        <source>{count} place(s) found</source>
        <translation>พบ {count} แห่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>{count} port(s) with something behind them</source>
        <translation>พบพอร์ตที่มีอุปกรณ์ {count} พอร์ต</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>{count} program(s), {fired} of them in this bill</source>
        <translation>ทั้งหมด {count} โปรโมชัน ได้ในบิลนี้ {fired}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>{count} row(s)</source>
        <translation>{count} แถว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{count} use(s) left</source>
        <translation>ใช้ได้อีก {count} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} visit(s)</source>
        <translation>มาแล้ว {count} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>{count} visit(s) · last on {date}</source>
        <translation>มาแล้ว {count} ครั้ง · ล่าสุด {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} × {name}</source>
        <translation>{name} {count} ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{done} of {target} · {missing} to go</source>
        <translation>{done} จาก {target} · อีก {missing}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/stick.py"/>
        <source>{done} of {total}</source>
        <translation>{done} จาก {total}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <location filename="../../pos_member/ui/templates/preview.py"/>
        <source>{dots} dots</source>
        <translation>{dots} จุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/paper_step.py"/>
        <source>{dots} dots to a line, {mm} mm of print.</source>
        <translation>บรรทัดละ {dots} จุด พิมพ์กว้าง {mm} มม.</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/page_step.py"/>
        <source>{dots} dots: read</source>
        <translation>{dots} จุด: อ่านได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>{fault} · {papers} waiting</source>
        <translation>{fault} · รอพิมพ์ {papers} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>{figure} last week</source>
        <translation>สัปดาห์ก่อน {figure}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/type_choice.py"/>
        <source>{font} (not on this till)</source>
        <translation>{font} (ไม่มีในเครื่องนี้)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>{layout}, Caps Lock on</source>
        <translation>{layout} เปิด Caps Lock</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{missing} more to {tier}</source>
        <translation>อีก {missing} ถึง {tier}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/ask_step.py"/>
        <location filename="../../pos_member/ui/printers/drawer_step.py"/>
        <location filename="../../pos_member/ui/printers/expert_panel.py"/>
        <location filename="../../pos_member/ui/readers/words.py"/>
        <source>{ms} ms</source>
        <translation>{ms} มิลลิวินาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>{name} comes back</source>
        <translation>คืน {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{name} gave member {number} the points of {count} bills afterwards</source>
        <translation>{name} สะสมแต้มย้อนหลังให้สมาชิก {number} {count} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>{name} is a member already: Enter puts them on the bill</source>
        <translation>{name} เป็นสมาชิกอยู่แล้ว · Enter = ใช้กับบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>{name} is chosen already</source>
        <translation>เลือก {name} อยู่แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>{name} is on the bill already</source>
        <translation>{name} อยู่ในบิลนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/scanning/cashier.py"/>
        <source>{name} is signed in already</source>
        <translation>{name} ลงชื่อเข้าใช้อยู่แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>{name} may not approve this. Somebody else has to.</source>
        <translation>{name} ไม่มีสิทธิ์อนุมัติเรื่องนี้ ต้องให้คนอื่นอนุมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name} · {count} free</source>
        <translation>{name} · ฟรี {count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name} · {count} piece(s)</source>
        <translation>{name} · {count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name}: pick up {count} more and scan</source>
        <translation>{name}: หยิบได้อีก {count} ชิ้น แล้วสแกน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>{name}: proved by the code</source>
        <translation>{name} · ยืนยันตัวด้วยรหัสแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name}: {count} piece(s) more</source>
        <translation>{name}: อีก {count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/templates/pages.py"/>
        <source>{number}: as it came</source>
        <translation>{number}: แบบเดิมของโปรแกรม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>{n} GB free</source>
        <translation>ว่าง {n} GB</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>{n} MB</source>
        <translation>{n} MB</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/carrying/choosing.py"/>
        <source>{n} MB free</source>
        <translation>ว่าง {n} MB</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/claim.py"/>
        <source>{n} bill(s)</source>
        <translation>{n} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/line.py"/>
        <source>{n} kbit/s</source>
        <translation>{n} กิโลบิต/วินาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/heard_card.py"/>
        <source>{pace} (median)</source>
        <translation>{pace} (ค่ากลาง)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/roll_view.py"/>
        <source>{papers} paper(s), {rows} rows of dots</source>
        <translation>{papers} ใบ {rows} แถวจุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/job_words.py"/>
        <source>{paper}, copy {number}</source>
        <translation>{paper} สำเนาที่ {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>{paper}: the changes are not in use yet</source>
        <translation>{paper}: ที่แก้ไว้ยังไม่ได้ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/templates.py"/>
        <source>{paper}: version {number} is used from the next paper on</source>
        <translation>{paper}: ใช้รุ่นที่ {number} ตั้งแต่ใบถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolling/form_card.py"/>
        <source>{phone} is free</source>
        <translation>{phone} ยังไม่มีใครใช้ สมัครได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{points} of them to be checked</source>
        <translation>รอตรวจ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{points} point(s)</source>
        <translation>{points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{points} point(s) can be used for certain</source>
        <translation>ใช้ได้แน่นอน {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{points} point(s) can be used, to be checked later</source>
        <translation>ใช้ได้แบบรอตรวจ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{points} point(s) to be used from {date}</source>
        <translation>รอใช้ได้ {points} แต้ม ตั้งแต่ {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>{points} point(s) until {date}</source>
        <translation>{points} แต้มหมดอายุ {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>{points} points</source>
        <translation>{points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/jobs_step.py"/>
        <source>{printers} prints the same: whichever is free first takes the paper.</source>
        <translation>{printers} พิมพ์แบบเดียวกัน เครื่องไหนว่างก่อนก็พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/printers/wizard.py"/>
        <source>{printer} is in use from now on.</source>
        <translation>{printer} ใช้งานแล้วตั้งแต่ตอนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>{reader} is in use from now on.</source>
        <translation>ตั้งแต่นี้ใช้ {reader} ได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/keyboard_part.py"/>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>{reader} was removed.</source>
        <translation>ลบ {reader} แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{sure} certain · {more} to be checked</source>
        <translation>ใช้ได้แน่นอน {sure} · แบบรอตรวจ {more}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>{value} until {date}</source>
        <translation>{value} ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>{what} · a bill of another till</source>
        <translation>{what} · บิลของเครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>{what} · bill {number}</source>
        <translation>{what} · บิล {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>{what}: {reason}</source>
        <translation>{what} · เหตุผล: {reason}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>{works} (not: {idle})</source>
        <translation>{works} (ใช้ไม่ได้: {idle})</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>ไทย/EN</source>
        <translation>ไทย/EN</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/customer_display/window.py"/>
        <source>… and {count} line(s) before these</source>
        <translation>… และอีก {count} รายการก่อนหน้านี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/serial_part.py"/>
        <source>↑ ↓ = port · Ctrl+T = listen · Enter = name it and save · Delete = remove · Esc = back</source>
        <translation>↑ ↓ = พอร์ต · Ctrl+T = เปิดฟัง · Enter = ตั้งชื่อและบันทึก · Delete = ลบ · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/readers/camera_part.py"/>
        <source>↑ ↓ and Enter = use this camera · Ctrl+4 … 6 and ← → = adjust · Ctrl+M = mirror · Esc = back</source>
        <translation>↑ ↓ และ Enter = ใช้กล้องนี้ · Ctrl+4 … 6 และ ← → = ปรับ · Ctrl+M = กระจก · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>↑ ↓ choose a person · or scan the badge · PIN · Enter</source>
        <translation>↑ ↓ เลือกคน · หรือสแกนป้าย · PIN · Enter</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>↑ ↓ choose · Enter = print · Ctrl+1, Ctrl+2 = papers again, at the printer · Esc = back</source>
        <translation>↑ ↓ เลือก · Enter = พิมพ์ · Ctrl+1 = พิมพ์ซ้ำ · Ctrl+2 = ที่เครื่องพิมพ์ · Esc = กลับ</translation>
    </message>
</context>
</TS>
